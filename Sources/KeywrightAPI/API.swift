import HTTPTypes
public import Hummingbird
import KeywrightDomain
public import KeywrightOperations

/// The HTTP API: its routes on the operations.
///
/// Routes deny by default: a handler that is not declared `open` gets a principal or is never called.
public struct API: Sendable {
    /// Who may call a route.
    public enum Access: Sendable {
        /// Anyone.
        case open
        /// Whoever shows a good credential.
        case authenticated
    }

    /// One method on one path.
    public struct Route: Sendable {
        /// The method.
        public let method: HTTPRequest.Method
        /// The path with its parameters, as in `/api_key/{id}`.
        public let path: String
        /// Who may call it.
        public let access: Access
        let handle: @Sendable (Call) async throws -> Answer
    }

    let operations: Operations
    private let proxies: TrustedProxies
    private let isSecure: Bool
    let isDraining: @Sendable () -> Bool

    /// The API on the operations of an installation.
    ///
    /// - Parameters:
    ///   - proxies: whose `X-Forwarded-*` fields are believed.
    ///   - isSecure: whether connections are TLS.
    ///   - isDraining: whether the server is shutting down, so that `/readyz` sends requests elsewhere.
    public init(
        _ operations: Operations, trustedProxies proxies: TrustedProxies = .none, isSecure: Bool = false,
        isDraining: @escaping @Sendable () -> Bool = { false }
    ) {
        self.operations = operations
        self.proxies = proxies
        self.isSecure = isSecure
        self.isDraining = isDraining
    }

    /// Every route there is.
    public var routes: [Route] {
        apiKeyRoutes + tokenRoutes + roleRoutes + grantRoutes + userRoutes + resourceRoutes + auditRoutes
            + verifyRoutes + forwardAuthRoutes + oauthRoutes + changeRoutes + serviceRoutes
    }

    /// A router with all routes; other methods on their paths answer 405 with `Allow`.
    public func router() -> Router<APIContext> {
        let router = Router(context: APIContext.self)
        router.add(middleware: RequestMiddleware(proxies: proxies, isSecure: isSecure))
        for (path, routes) in Dictionary(grouping: routes, by: \.path) {
            let routerPath = RouterPath(path)
            for route in routes {
                router.on(routerPath, method: route.method) { request, context in
                    try await route.handle(Call(request: request, context: context)).response
                }
            }
            var methods = Set(routes.map(\.method))
            if let get = routes.first(where: { $0.method == .get }) {
                methods.insert(.head)
                router.on(routerPath, method: .head) { request, context in
                    try await get.handle(Call(request: request, context: context)).response.createHeadResponse()
                }
            }
            let allowed = methods.map(\.rawValue).sorted().joined(separator: ", ")
            for method in Self.methods where !methods.contains(method) {
                router.on(routerPath, method: method) { _, _ -> Response in
                    throw TransportProblem.methodNotAllowed(allowed: allowed)
                }
            }
        }
        return router
    }

    /// Methods that any path may have.
    static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]

    // MARK: Declaring routes

    func open(
        _ method: HTTPRequest.Method, _ path: String, _ handle: @escaping @Sendable (Call) async throws -> Answer
    ) -> Route {
        Route(method: method, path: path, access: .open, handle: handle)
    }

    func authenticated(
        _ method: HTTPRequest.Method, _ path: String,
        _ handle: @escaping @Sendable (Call, Principal) async throws -> Answer
    ) -> Route {
        Route(method: method, path: path, access: .authenticated) { [operations] call in
            let principal = try await operations.authenticate(call.credential(), from: call.context.origin)
            return try await handle(call, principal)
        }
    }
}

extension Call {
    /// What follows `Bearer` in the one `Authorization` field. Cookies are ignored.
    func credential() throws -> Credential {
        let values = request.headers[values: .authorization]
        guard values.count == 1, let value = values.first, let credential = ForwardAuth.bearer(value) else {
            throw Call.noCredential
        }
        return .bearer(Secret(String(credential)))
    }

    private static let noCredential = DomainError(
        .unauthenticated, "The credential is missing, malformed or not valid."
    )
}
