public import Hummingbird
public import KeywrightDomain
public import KeywrightOperations
import Logging

/// The pages for people: they are made on the server and work without script.
public struct ConsoleRoutes<Context: RequestContext>: Sendable {
    let operations: Operations
    let origin: @Sendable (Request, Context) -> Principal.Origin
    let pages: Pages

    /// The pages of an installation.
    ///
    /// - Parameter origin: where a request comes from, for the audit trail.
    public init(operations: Operations, origin: @escaping @Sendable (Request, Context) -> Principal.Origin) {
        self.operations = operations
        self.origin = origin
        pages = Pages(publicURL: operations.settings.publicURL)
    }

    /// Adds the pages, and the files that they refer to, to a router.
    public func add(to router: Router<Context>) {
        for asset in Asset.all {
            show(asset.path, on: router) { _, _ in asset.response }
        }
        show("/setup", on: router) { request, context in
            try await answer(request, context) { try await setupForm(request) }
        }
        router.post("/setup") { request, context in
            // Outside of what becomes a page: what goes wrong with the connection is not for people to read.
            let form = try await submittedForm(in: request)
            return try await answer(request, context) {
                try await setUp(try form.get(), from: origin(request, context))
            }
        }
        for method in [HTTPRequest.Method.put, .patch, .delete, .options] {
            router.on("/setup", method: method) { _, _ in
                var response = pages.error(.methodNotAllowed)
                response.headers[.allow] = "GET, HEAD, POST"
                return response
            }
        }
    }

    /// Answers GET and, without the body, HEAD.
    private func show(
        _ path: String, on router: Router<Context>,
        _ handle: @escaping @Sendable (Request, Context) async throws -> Response
    ) {
        router.get(RouterPath(path)) { request, context in try await handle(request, context) }
        router.head(RouterPath(path)) { request, context in
            try await handle(request, context).createHeadResponse()
        }
    }

    /// Shows errors as pages.
    private func answer(
        _ request: Request, _ context: Context, _ handle: () async throws -> Response
    ) async throws -> Response {
        do {
            return try await handle()
        } catch let error as ErrorPage {
            return pages.error(error)
        } catch let error as DomainError {
            return pages.error(ErrorPage(error, requestID: origin(request, context).requestID))
        } catch let error as CancellationError {
            throw error
        } catch {
            context.logger.error("A page could not be made.", metadata: ["error": "\(error)"])
            return pages.error(.internalFailure(requestID: origin(request, context).requestID))
        }
    }
}
