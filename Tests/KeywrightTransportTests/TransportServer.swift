import HTTPTypes
import Hummingbird
import HummingbirdCore
import KeywrightAPI
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

/// A server behind the transport, on a free port, with a few routes to try it on.
struct TransportServer: Sendable {
    let port: Int
    /// Holds back the answers of `/gated`.
    let gate: Gate
    /// The paths of the requests that reached the routes.
    let reached: Reached
    /// The statuses of refusals, as the transport reports them.
    let refused: Reached
    private let group: ServiceGroup

    func shutDown() async {
        await group.triggerGracefulShutdown()
    }

    /// Runs a server for as long as the body runs, and lets it shut down gracefully.
    static func run(
        _ configure: (inout TransportSettings) throws -> Void = { _ in },
        perform body: @escaping @Sendable (TransportServer) async throws -> Void
    ) async throws {
        let (gate, reached, refused) = (Gate(), Reached(), Reached())
        var settings = TransportSettings()
        settings.limits.drainGracePeriod = .milliseconds(50)
        settings.limits.lingerPeriod = .milliseconds(500)
        settings.onRefusal = { refused.note("\($0)") }
        try configure(&settings)
        let transport = try Transport(settings)
        let (ports, portContinuation) = AsyncStream.makeStream(of: Int.self)

        let application = Application(
            router: router(gate: gate, reached: reached, transport),
            server: transport.server,
            configuration: transport.configuration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                await transport.serverIsRunning(channel)
                portContinuation.yield(channel.localAddress?.port ?? 0)
            },
            logger: .quiet
        )
        let group = ServiceGroup(configuration: .init(services: [application], logger: .quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { portContinuation.finish() }
                try await group.run()
            }
            let port = try #require(await ports.first { _ in true })
            let server = TransportServer(port: port, gate: gate, reached: reached, refused: refused, group: group)
            do {
                try await body(server)
            } catch {
                gate.open()
                await group.triggerGracefulShutdown()
                throw error
            }
            gate.open()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private static func router(
        gate: Gate, reached: Reached, _ transport: Transport
    ) -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: Noting(reached: reached))
        router.get("/") { _, _ in "hello" }
        router.head("/") { _, _ in "hello" }
        router.get("/draining") { _, _ in "\(transport.isDraining)" }
        router.get("/gated") { _, _ in
            await gate.wait()
            return "opened"
        }
        router.post("/echo") { request, _ in
            try await request.body.collect(upTo: .max)
        }
        router.get("/big") { request, _ in
            Response(
                status: .ok,
                body: .init(byteBuffer: .init(repeating: 120, count: Int(request.uri.queryParameters["n"] ?? "") ?? 0)))
        }
        router.get("/stream") { _, _ in
            Response(
                status: .ok,
                body: .init { writer in
                    for text in ["one", "two", "three"] { try await writer.write(ByteBuffer(string: text)) }
                    try await writer.finish(nil)
                })
        }
        router.head("/stream") { _, _ in
            Response(
                status: .ok,
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: "one"))
                    try await writer.finish(nil)
                })
        }
        router.get("/nothing") { _, _ in Response(status: .noContent) }
        router.get("/host") { request, _ in
            "\(request.head.scheme ?? "")://\(request.head.authority ?? "")\(request.head.path ?? "")"
        }
        router.get("/{number}") { _, context in context.parameters.get("number") ?? "" }
        return router
    }

    private struct Noting: RouterMiddleware {
        let reached: Reached

        func handle(
            _ request: Request, context: BasicRequestContext,
            next: (Request, BasicRequestContext) async throws -> Response
        ) async throws -> Response {
            reached.note(request.head.path ?? "")
            return try await next(request, context)
        }
    }
}

/// Notes what happened, for one who waits for it.
final class Reached: Sendable {
    private let state = Mutex([String]())
    private let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    var notes: [String] { state.withLock { $0 } }

    func note(_ text: String) {
        state.withLock { $0.append(text) }
        change.yield()
    }

    /// One waits at a time.
    func wait(for count: Int) async {
        while notes.count < count, !Task.isCancelled {
            var iterator = changes.makeAsyncIterator()
            _ = await iterator.next()
        }
    }
}

/// Holds tasks back until it is opened, once and for all.
final class Gate: Sendable {
    private let state = Mutex((isOpen: false, waiters: [AsyncStream<Void>.Continuation]()))

    func wait() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let isOpen = state.withLock { state in
            if !state.isOpen { state.waiters.append(continuation) }
            return state.isOpen
        }
        if !isOpen { for await _ in stream {} }
    }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.finish() }
    }
}

extension Logger {
    /// A logger that says nothing.
    static var quiet: Logger {
        Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    }
}
