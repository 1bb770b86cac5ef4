public import Hummingbird
public import KeywrightDomain
public import KeywrightOperations

/// The pages for people: they are made on the server and work without script.
public struct ConsoleRoutes<Context: RequestContext>: Sendable {
    private let console: Console
    private let origin: @Sendable (Request, Context) -> Principal.Origin

    /// The pages of an installation.
    ///
    /// - Parameter origin: where a request comes from, for the audit trail.
    public init(operations: Operations, origin: @escaping @Sendable (Request, Context) -> Principal.Origin) {
        console = Console(operations: operations)
        self.origin = origin
    }

    /// Adds the pages, and the files that they refer to, to a router that has all its other routes already.
    public func add(to router: Router<Context>) {
        for file in Assets.all.files {
            router.get(RouterPath("\(Assets.all.folder)/\(file.name)")) { _, _ in file.response }
            router.head(RouterPath("\(Assets.all.folder)/\(file.name)")) { _, _ in file.response.createHeadResponse() }
        }
        for (path, routes) in Dictionary(grouping: console.routes, by: \.path) {
            for route in routes {
                router.on(RouterPath(path), method: route.method) { request, context in
                    try await console.answer(route, call(request, context))
                }
            }
            var methods = Set(routes.map(\.method))
            if let get = routes.first(where: { $0.method == .get }) {
                methods.insert(.head)
                router.head(RouterPath(path)) { request, context in
                    try await console.answer(get, call(request, context)).createHeadResponse()
                }
            }
            let allowed = methods.map(\.rawValue).sorted().joined(separator: ", ")
            for method in Self.methods where !methods.contains(method) {
                let hidesAddress = routes.contains(where: \.hidesAddress)
                router.on(RouterPath(path), method: method) { _, _ in
                    let response = console.pages.methodNotAllowed(allowed: allowed)
                    return hidesAddress ? response.withoutReferrer : response
                }
            }
        }
        // What is added now concerns only what no route answers.
        router.add(middleware: MissingPages(routes: self))
    }

    /// A page for people at an address where there is nothing; programs get the answer that they understand.
    private struct MissingPages: RouterMiddleware {
        let routes: ConsoleRoutes

        func handle(
            _ request: Request, context: Context, next: (Request, Context) async throws -> Response
        ) async throws -> Response {
            let isForPeople = request.headers[values: .accept].contains { $0.contains("text/html") }
            guard isForPeople, [.get, .head].contains(request.method) else { return try await next(request, context) }
            let response = await routes.console.show(.noSuchPage, routes.call(request, context))
            return request.method == .head ? response.createHeadResponse() : response
        }
    }

    private static var methods: [HTTPRequest.Method] { [.get, .head, .post, .put, .patch, .delete, .options] }

    private func call(_ request: Request, _ context: Context) -> ConsoleCall {
        ConsoleCall(
            request: request, parameters: context.parameters, origin: origin(request, context), logger: context.logger
        )
    }
}
