public import KeywrightOperations
public import Logging
public import NIOCore

/// Answers verifications from memory, before Hummingbird sees them: a third of the work of a route.
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

    /// A handler for one connection, as ``TransportSettings/makeHotPathHandler`` wants it.
    @Sendable public func makeHandler() -> any ChannelHandler {
        HotPathHandler(self)
    }
}
