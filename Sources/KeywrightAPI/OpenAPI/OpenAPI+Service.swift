// `/healthz`, `/readyz` and `/openapi.json`.

extension OpenAPIDocument {
    static let service = Part(
        paths: servicePaths,
        examples: #"""
            "ServiceStatus": {"summary": "All is well", "value": {"status": "ok"}},
            "OpenAPIDocument": {
              "summary": "The beginning of this document",
              "value": {"openapi": "3.1.0", "info": {"title": "Keywright", "version": "1.0.0"}, "paths": {}}
            }
            """#,
        schemas: #"""
            "ServiceStatus": {
              "type": "object",
              "description": "All is well.",
              "required": ["status"],
              "properties": {"status": {"const": "ok"}},
              "additionalProperties": false
            },
            "OpenAPIDocument": {
              "type": "object",
              "description": "A description of this API by the rules of OpenAPI 3.1.",
              "required": ["openapi", "info", "paths"],
              "properties": {
                "openapi": {"type": "string", "pattern": "^3\\.1\\.[0-9]+$"},
                "info": {"type": "object", "additionalProperties": true},
                "paths": {"type": "object", "additionalProperties": true}
              },
              "additionalProperties": true
            }
            """#
    )

    private static let servicePaths = #"""
        "/healthz": {
          "get": {
            "operationId": "checkHealth",
            "tags": ["Service"],
            "summary": "Is the server alive?",
            "description": "Answers as long as the process does, whatever the host of the request is.",
            "security": [],
            "responses": {
              "200": \#(answer("It is.", "ServiceStatus")),
              \#(refusals(isHostChecked: false))
            }
          }
        },
        "/readyz": {
          "get": {
            "operationId": "checkReadiness",
            "tags": ["Service"],
            "summary": "May requests be sent here?",
            "description":
              "503 when the database does not answer and while the server shuts down. Answers whatever the host of the
              request is.",
            "security": [],
            "responses": {
              "200": \#(answer("They may.", "ServiceStatus")),
              \#(refusals(503, isHostChecked: false))
            }
          }
        },
        "/openapi.json": {
          "get": {
            "operationId": "readDescription",
            "tags": ["Service"],
            "summary": "Read this document",
            "description": "The description of the API, for people and tools.",
            "security": [],
            "responses": {
              "200": \#(answer("The description.", "OpenAPIDocument")),
              \#(refusals())
            }
          }
        }
        """#
}
