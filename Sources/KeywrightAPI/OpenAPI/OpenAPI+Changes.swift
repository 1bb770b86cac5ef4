// `/v1/changes`.

extension OpenAPIDocument {
    static let changes = Part(
        paths: changePaths, parameters: changeParameters, examples: changeExamples, schemas: changeSchemas
    )

    private static let changePaths = #"""
        "/v1/changes": {
          "get": {
            "operationId": "readChanges",
            "tags": ["Verification"],
            "summary": "What changed since the last answer",
            "description":
              "For verifiers that keep what `/v1/verify` told them and decide by themselves: what they must forget. The
              next request takes the `cursor` of the last answer as `after`. With `wait` the answer comes as soon as
              something changes in the organization, at the latest after so many seconds, so that a revocation is known
              within a second. When the server shuts down, all who wait are answered at once.\n\n
              The first answer, and one after a cursor that is older than what is kept (24 hours), has `reset: true`:
              forget everything; the changes in it, and in those that follow while `more` is true, are then the tokens
              that are revoked now. An answer holds at most 1000 changes. Needs `authz:check` at organization level. One
              caller may wait 256 times at once (429), all together 4096 times (503).",
            "parameters": \#(parameters("ChangesAfter", "ChangesWait")),
            "responses": {
              "200": \#(answer("What changed, oldest first.", "Changes")),
              \#(refusals(401, 403, 429, 503))
            }
          }
        }
        """#

    private static let changeParameters = #"""
        "ChangesAfter": {
          "name": "after",
          "in": "query",
          "description": "The cursor of the last answer; left out at the beginning.",
          "schema": {"$ref": "#/components/schemas/ChangeCursor"},
          "example": "00000000000000aa-1203"
        },
        "ChangesWait": {
          "name": "wait",
          "in": "query",
          "description": "How many seconds to wait for a change when there is none yet.",
          "schema": {"type": "integer", "minimum": 0, "maximum": 30, "default": 0},
          "example": 0
        }
        """#

    private static let changeExamples = #"""
        "Changes": {
          "summary": "A key changed, and a token was revoked",
          "value": {
            "cursor": "00000000000000aa-1205",
            "reset": false,
            "more": false,
            "changes": [
              {"type": "api_key", "id": 57},
              {"type": "token", "token_id": "dG9rZW4tZXhhbXBsZS0wMQ", "expires_at": "2026-01-01T01:00:00.000Z"}
            ]
          }
        }
        """#

    private static let changeSchemas = #"""
        "ChangeCursor": {
          "type": "string",
          "description": "A place in the feed. What it consists of is nobody's business.",
          "pattern": "^[0-9a-f]{16}(?:-[0-9]{1,19}){1,2}$"
        },
        "Changes": {
          "type": "object",
          "description": "What changed since the last answer.",
          "required": ["cursor", "reset", "more", "changes"],
          "properties": {
            "cursor": {"$ref": "#/components/schemas/ChangeCursor"},
            "reset": {"type": "boolean", "description": "Everything that was remembered must be forgotten."},
            "more": {"type": "boolean", "description": "There is more to be read at once."},
            "changes": {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/Change"}}
          },
          "additionalProperties": false
        },
        "Change": {
          "type": "object",
          "description":
            "Something that changed: an API key; a role, a resource or the organization, which may concern every key; the
            public keys of the server; or tokens that were revoked. There may be more kinds some day: whoever does not
            know one forgets everything.",
          "required": ["type"],
          "properties": {
            "type": {
              "type": "string", "enum": ["api_key", "role", "resource", "organization", "signing_key", "token"]
            },
            "id": {"type": "integer", "format": "int64", "description": "Absent for tokens and signing keys."},
            "token_id": {
              "type": "string",
              "description": "For tokens: those whose `jti` or `exchange_id` is this are not accepted any more."
            },
            "expires_at": {
              "type": "string", "format": "date-time",
              "description": "For tokens: when all of them have ended by themselves, so that they can be forgotten."
            }
          },
          "additionalProperties": false
        }
        """#
}
