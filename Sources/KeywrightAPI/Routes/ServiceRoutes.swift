import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import KeywrightWire

extension API {
    /// What operators and tools ask of the server itself.
    var serviceRoutes: [Route] {
        [
            open(.get, "/healthz") { _ in try .json(["status": "ok"]) },
            open(.get, "/readyz") { [operations, isDraining] _ in
                if isDraining() { throw DomainError(.unavailable, "The server is shutting down.") }
                try await operations.checkReadiness()
                return try .json(["status": "ok"])
            },
            open(.get, "/openapi.json") { _ in Answer(status: .ok, body: Array(OpenAPIDocument.json.utf8)) },
        ]
    }
}
