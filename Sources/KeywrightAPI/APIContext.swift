public import Hummingbird
public import KeywrightDomain
import Logging
import NIOCore

/// What the server knows about a request beside its bytes.
public struct APIContext: RequestContext {
    /// What Hummingbird keeps.
    public var coreContext: CoreRequestContextStorage
    /// Where the connection comes from; nil in process.
    let peer: IPAddress?
    /// Where the request comes from, once ``RequestMiddleware`` has looked.
    public var origin = Principal.Origin()

    /// The context of a request on a connection.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress.flatMap(IPAddress.init)
    }
}
