import HTTPTypes
import Hummingbird
import KeywrightDomain
import HummingbirdCore
import Logging

/// Gives each request its id and origin, turns errors into answers, and holds browsers to TLS where we serve it.
struct RequestMiddleware: RouterMiddleware {
    let proxies: TrustedProxies
    let isSecure: Bool

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let id = RequestIDs.single()
        let caller = proxies.origin(of: request.head, peer: context.peer, scheme: isSecure ? "https" : "http")
        context.origin = Principal.Origin(address: caller.address?.description, requestID: id)
        context.logger[metadataKey: "request_id"] = "\(id)"
        var response: Response
        do {
            guard API.methods.contains(request.method) else {
                throw TransportProblem.methodNotAllowed(allowed: API.methods.map(\.rawValue).joined(separator: ", "))
            }
            response = try await next(request, context)
        } catch {
            let problem = Problem(error)
            if problem.isUnexpected {
                context.logger.error(
                    "A request failed.",
                    metadata: ["error": "\(error)", "route": "\(context.endpointPath ?? "unknown")"]
                )
            }
            response = problem.answer.response
            if request.method == .head { response = response.createHeadResponse() }
        }
        response.headers[.xRequestID] = id
        if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        context.logger.debug(
            "request",
            metadata: [
                "method": "\(request.method)", "route": "\(context.endpointPath ?? "unknown")",
                "status": "\(response.status.code)",
            ]
        )
        return response
    }
}
