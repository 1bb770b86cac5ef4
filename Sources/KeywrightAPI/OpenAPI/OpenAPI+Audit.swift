// `/v1/audit`.

extension OpenAPIDocument {
    static let audit = Part(
        paths: auditPath, parameters: auditParameters,
        examples: list(of: "AuditEvent", results: auditEventExample).examples,
        schemas: auditEventSchema + "," + list(of: "AuditEvent", results: "").schemas
    )

    private static let auditPath = #"""
        "/v1/audit": {
          "get": {
            "operationId": "listAuditEvents",
            "tags": ["Audit"],
            "summary": "List the audit trail",
            "description":
              "What was done in the organization, newest first: every change, sign-ins, and changes that were refused
              with 403. Nothing is ever changed or removed there, and each event is chained to the one before it. Needs
              `audit:read` at organization level.",
            "parameters": \#(parameters(
                "Limit", "Offset", "AuditAction", "AuditUser", "AuditTargetType", "AuditTargetID", "AuditOutcome",
                "AuditSince", "AuditUntil"
            )),
            "responses": {
              "200": \#(answer("A page of events.", "AuditEventList")),
              \#(refusals(401, 403, 503))
            }
          }
        }
        """#

    private static let auditParameters = #"""
        \#(filter("AuditAction", "action", "Exactly this was done.", of: schema("FilterText"), example: "[\"api_key.create\"]")),
        \#(filter("AuditUser", "user_id", "This user did it.", of: schema("ID"), example: "[7]")),
        \#(filter("AuditTargetType", "target_type", "It was done to this kind of thing.", of: schema("FilterText"), example: "[\"api_key\"]")),
        \#(filter("AuditTargetID", "target_id", "It was done to the thing with this id.", of: schema("FilterText"), example: "[\"57\"]")),
        \#(filter("AuditOutcome", "outcome", "It ended like this.", of: schema("AuditOutcome"), example: "[\"success\"]")),
        "AuditSince": {
          "name": "since",
          "in": "query",
          "description": "At this time or later (RFC 3339).",
          "schema": {"type": "string", "format": "date-time"},
          "example": "2026-01-01T00:00:00Z"
        },
        "AuditUntil": {
          "name": "until",
          "in": "query",
          "description": "Before this time (RFC 3339).",
          "schema": {"type": "string", "format": "date-time"},
          "example": "2026-02-01T00:00:00Z"
        }
        """#

    private static let auditEventExample = #"""
        {
          "id": 1203,
          "organization_id": 1,
          "at": "2026-01-01T00:00:00.000Z",
          "actor": {"user_id": 1099511627790, "type": "api_key", "api_key_id": 14},
          "credential": "EXAMPLE00014",
          "address": "192.0.2.10",
          "action": "api_key.update",
          "target": {"type": "api_key", "id": 57},
          "before": {"name": "ci-main", "enabled": true},
          "after": {"name": "ci-main", "enabled": false},
          "request_id": "5f0c8a2e9b7d41c3a6e0f1d2b3c4a596",
          "outcome": "success",
          "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        }
        """#

    private static let auditEventSchema = #"""
        "AuditEvent": {
          "type": "object",
          "description": "Who did what to what. Never a secret.",
          "required": [
            "id", "organization_id", "at", "actor", "credential", "address", "action", "target", "before", "after",
            "request_id", "outcome", "hash"
          ],
          "properties": {
            "id": {"$ref": "#/components/schemas/ID"},
            "organization_id": {"$ref": "#/components/schemas/ID"},
            "at": {"$ref": "#/components/schemas/Time"},
            "actor": {
              "type": "object",
              "description": "Who acted.",
              "required": ["type"],
              "properties": {
                "type": {
                  "type": "string",
                  "description":
                    "`person`, `api_key`, `operator` (at the machine itself), `system` (the server by itself) or
                    `anonymous`."
                },
                "user_id": {
                  "type": "integer", "format": "int64", "description": "Absent for `operator`, `system` and `anonymous`."
                },
                "api_key_id": {
                  "type": "integer", "format": "int64", "description": "The key that acted; absent for others."
                }
              },
              "additionalProperties": false
            },
            "credential": {
              "type": ["string", "null"], "description": "The public handle of the key that was shown."
            },
            "address": {"type": ["string", "null"], "description": "The network address of the request."},
            "action": {"type": "string", "description": "What was done: a kind of thing and a verb."},
            "target": {
              "type": "object",
              "description": "What it was done to.",
              "required": ["type"],
              "properties": {
                "type": {"type": "string", "description": "The kind of thing."},
                "id": {
                  "description": "A number where the thing has one, otherwise text; absent when it was never made.",
                  "oneOf": [{"$ref": "#/components/schemas/ID"}, {"type": "string"}]
                }
              },
              "additionalProperties": false
            },
            "before": {
              "type": ["object", "array", "null"], "description": "The state before; `null` when there was none.",
              "additionalProperties": true
            },
            "after": {
              "type": ["object", "array", "null"], "description": "The state after; `null` when there is none.",
              "additionalProperties": true
            },
            "request_id": {"type": ["string", "null"], "description": "The `X-Request-Id` of the request."},
            "outcome": {"$ref": "#/components/schemas/AuditOutcome"},
            "hash": {
              "type": ["string", "null"], "pattern": "^[0-9a-f]*$",
              "description": "The event's link in the chain: SHA-256 of its content and of the link before it."
            }
          },
          "additionalProperties": false
        },
        "AuditOutcome": {
          "type": "string",
          "description": "It was done; it was refused for want of rights; or it failed, as a sign-in does.",
          "enum": ["success", "refused", "failure"]
        }
        """#
}
