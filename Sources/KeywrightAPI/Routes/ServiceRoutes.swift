import HTTPTypes
import KeywrightOperations
import KeywrightWire

extension API {
    /// What operators and tools ask of the server itself.
    var serviceRoutes: [Route] {
        [
            open(.get, "/healthz") { _ in try .json(["status": "ok"]) },
            open(.get, "/readyz") { [operations] _ in
                try await operations.checkReadiness()
                return try .json(["status": "ok"])
            },
            open(.get, "/openapi.json") { _ in Answer(status: .ok, body: Array(OpenAPIDocument.json.utf8)) },
        ]
    }
}
