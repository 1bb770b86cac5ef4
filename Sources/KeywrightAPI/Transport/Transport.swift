public import Hummingbird
public import HummingbirdCore
public import NIOCore

/// The way connections come in: what an `Application` needs to serve as this project promises.
///
/// One transport serves one application:
///
/// ```swift
/// let transport = try Transport(settings)
/// let application = Application(
///     router: router,
///     server: transport.server,
///     configuration: transport.configuration(address: .hostname("127.0.0.1", port: 8080)),
///     onServerRunning: transport.serverIsRunning
/// )
/// ```
public struct Transport: Sendable {
    private let settings: TransportSettings
    private let rules: RequestRules
    private let drain = DrainSignal()

    /// - Throws: `TransportSettingsError` when the public host is none.
    public init(_ settings: TransportSettings) throws {
        var publicHost: Authority?
        if let text = settings.publicHost {
            guard let authority = Authority(parsing: text) else { throw TransportSettingsError.publicHost(text) }
            publicHost = authority
        }
        self.settings = settings
        rules = RequestRules(limits: settings.limits, publicHost: publicHost, anyHostPaths: settings.anyHostPaths)
    }

    /// Whether the server is shutting down: what was begun is finished, and no new connection is taken.
    public var isDraining: Bool { drain.isDraining }

    /// Has a function called when the server begins to shut down, for what would otherwise wait on.
    public func whenDraining(_ listener: @escaping @Sendable () -> Void) { drain.whenBegun(listener) }

    /// What `Application(server:)` takes.
    public var server: HTTPServerBuilder {
        HTTPServerBuilder { [settings, rules, drain] responder in
            let http1 = HTTP1Connections(
                responder: responder, settings: settings, rules: rules, drain: drain,
                isSecure: settings.certificates != nil)
            guard let certificates = settings.certificates else { return http1 }
            let http2 = HTTP2Connections(responder: responder, settings: settings, rules: rules, drain: drain)
            return try TLSConnections(
                certificates: certificates, limits: settings.limits, drain: drain, http1: http1, http2: http2)
        }
    }

    /// What `Application(configuration:)` takes: the address, and the limit on connections.
    public func configuration(address: BindAddress) -> ApplicationConfiguration {
        ApplicationConfiguration(
            address: address,
            backlog: 1024,
            availableConnectionsDelegate: MaximumAvailableConnections(settings.limits.connectionCount)
        )
    }

    /// What `Application(onServerRunning:)` takes: lets the listener, when it closes, first take the connections that
    /// clients have already made.
    public func serverIsRunning(_ channel: any Channel) async {
        try? await channel.eventLoop.submit { [drain] in
            let count = AcceptCount()
            try channel.pipeline.syncOperations.addHandler(AcceptCountHandler(count), position: .first)
            try channel.pipeline.syncOperations.addHandler(ListenerDrainHandler(count, drain: drain))
        }.get()
    }
}

/// A setting of the transport that cannot be used.
public enum TransportSettingsError: Error, Equatable, CustomStringConvertible {
    /// The public host is not a `host[:port]`.
    case publicHost(String)
    /// The text is not an address or a network in CIDR notation.
    case network(String)

    /// A sentence for the operator.
    public var description: String {
        switch self {
        case .publicHost(let text): "\"\(text)\" is not a host with an optional port."
        case .network(let text): "\"\(text)\" is not an IP address or a network like 10.0.0.0/8."
        }
    }
}
