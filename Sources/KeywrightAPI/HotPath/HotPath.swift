public import KeywrightOperations
public import Logging

/// Answers verifications from memory, before Hummingbird sees them.
///
/// It answers only what it fully understands and needs not wait for. All else goes on to the ordinary routes, which stay
/// the reference: a test compares both byte for byte. HTTP/2 does not come through here.
public struct HotPath: Sendable {
    let operations: Operations
    let proxies: TrustedProxies
    let logger: Logger

    /// - Parameter proxies: whose `X-Forwarded-For` is believed.
    public init(_ operations: Operations, trustedProxies proxies: TrustedProxies = .none, logger: Logger) {
        self.operations = operations
        self.proxies = proxies
        self.logger = logger
    }

    /// What answers on one connection, as ``TransportSettings/makeImmediateResponder`` wants it.
    @Sendable package func makeResponder() -> any ImmediateResponder {
        HotPathConnection(self)
    }
}
