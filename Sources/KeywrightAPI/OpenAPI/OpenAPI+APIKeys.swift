// `/api_key` and, identically, `/api-key`.

extension OpenAPIDocument {
    static let apiKeys = Part(
        paths: [
            apiKeyPaths(at: "/api_key", suffix: "", note: ""),
            apiKeyPaths(at: "/api-key", suffix: "Alias", note: "The same as on `/api_key`, in another spelling.\\n\\n"),
        ].joined(separator: ","),
        parameters: apiKeyHeaders + "," + apiKeyPlaceFilters + "," + apiKeyFilters
    )

    /// - Parameters:
    ///   - suffix: what makes the operations' ids different from those of the other spelling.
    ///   - note: what every description begins with.
    private static func apiKeyPaths(at path: String, suffix: String, note: String) -> String {
        #"""
        "\#(path)": {
          "post": \#(createAPIKey(suffix, note)),
          "get": \#(listAPIKeys(suffix, note))
        },
        "\#(path)/{id}": {
          "parameters": \#(parameters("ID")),
          "get": {
            "operationId": "readAPIKey\#(suffix)",
            "tags": ["API keys"],
            "summary": "Read an API key",
            "description":
              "\#(note)A key is there for those who hold `api_key:read` at the NRN of every grant of the key; for all
              others it is absent. Internal keys, disabled ones and expired ones are read like any other.",
            "responses": {
              "200": \#(answer("The API key.", "APIKey", headers: ["ETag"])),
              \#(refusals(401, 404, 503))
            }
          },
          "patch": \#(updateAPIKey(suffix, note)),
          "delete": {
            "operationId": "deleteAPIKey\#(suffix)",
            "tags": ["API keys"],
            "summary": "Delete an API key",
            "description":
              "\#(note)The key and its tokens stop working at once, for good. Needs `api_key:delete` at the NRN of every
              grant of the key.",
            "parameters": \#(parameters("IfMatch")),
            "responses": {
              "204": \#(emptyAnswer("The API key is deleted.")),
              \#(refusals(401, 403, 404, 412, 503, 507))
            }
          }
        }
        """#
    }

    private static func createAPIKey(_ suffix: String, _ note: String) -> String {
        let links = links(to: ["readAPIKey", "updateAPIKey", "deleteAPIKey"].map { $0 + suffix })
        return #"""
            {
              "operationId": "createAPIKey\#(suffix)",
              "tags": ["API keys"],
              "summary": "Create an API key",
              "description":
                "\#(note)The answer with status 201 is the only one that ever carries the key itself, in `api_key`. All
                grants lie in one organization, on resources that exist. Needs `api_key:create` at the NRN of every
                grant, and the right to give it: a role is given by someone whose own role there lists it in
                `can_assign_roles` and who holds all its actions there; actions are given by someone who holds them
                there.\n\n
                The name need not be unique. 409 when the organization has its most keys.",
              "parameters": \#(parameters("IdempotencyKey")),
              "requestBody": \#(body("CreateAPIKey", examples: [
                  "CreateAPIKey", "CreateAPIKeyWithActions", "CreateAPIKeyWithInheritance",
              ])),
              "responses": {
                "200": \#(answer(
                    "An earlier request with this `Idempotency-Key` and this body created the API key. The key itself"
                        + " is not shown again.", "APIKey", headers: ["ETag", "Idempotency-Replayed"]
                )),
                "201": \#(answer("The API key, with its value.", "CreatedAPIKey", headers: ["ETag"], links: links)),
                \#(refusals(401, 403, 409, 415, 422, 503, 507))
              }
            }
            """#
    }

    private static func listAPIKeys(_ suffix: String, _ note: String) -> String {
        #"""
        {
          "operationId": "listAPIKeys\#(suffix)",
          "tags": ["API keys"],
          "summary": "List API keys",
          "description":
            "\#(note)Without a filter: every key that the caller sees (see reading one) and that is neither internal nor
            expired, newest first. Filters add up: a key must pass all of them. 403 without `api_key:read` anywhere.",
          "parameters": \#(parameters(
              "Limit", "Offset", "APIKeySort", "APIKeyName", "APIKeySearch", "APIKeyResource", "APIKeyBelow",
              "APIKeyReaches", "APIKeyNRN", "APIKeyRole", "APIKeyTag", "APIKeyOwner", "APIKeyStatus", "APIKeyUsed",
              "APIKeyUnused"
          )),
          "responses": {
            "200": \#(answer("A page of API keys.", "APIKeyList")),
            \#(refusals(401, 403, 503))
          }
        }
        """#
    }

    private static func updateAPIKey(_ suffix: String, _ note: String) -> String {
        #"""
        {
          "operationId": "updateAPIKey\#(suffix)",
          "tags": ["API keys"],
          "summary": "Change an API key",
          "description":
            "\#(note)What is left out stays as it is; an array replaces the whole array; `{}` changes nothing. Needs
            `api_key:update` at the NRN of every grant, old and new; a grant that is added, and every grant of a key
            that is enabled or lives longer than before, passes the rule for giving it again. A key may rename and retag
            itself, but not change its own `grants`, `enabled` or `expires_at`.\n\n
            Disabling a key ends its tokens at once. Without `If-Match` the last writer wins.",
          "parameters": \#(parameters("IfMatch")),
          "requestBody": \#(body("UpdateAPIKey", examples: ["UpdateAPIKey", "DisableAPIKey", "ClearAPIKeyTags"])),
          "responses": {
            "200": \#(answer("The API key as it is now.", "APIKey", headers: ["ETag"])),
            \#(refusals(401, 403, 404, 412, 415, 503, 507))
          }
        }
        """#
    }

    private static let apiKeyHeaders = #"""
        "IdempotencyKey": {
          "name": "Idempotency-Key",
          "in": "header",
          "description":
            "Makes it safe to send the request again: for 24 hours, the same caller with the same value and the same
            body gets the key that the first request created, with status 200 and without its value. Another body is a
            422. While the first request is under way, the second waits.",
          "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
          "example": "deploy-2026-01-01-ci-main"
        },
        "IfMatch": {
          "name": "If-Match",
          "in": "header",
          "description":
            "The `ETag` of the version that this is meant for, or several separated by commas, or `*` for any. When the
            key has another version, or the tag is weak or unreadable: 412.",
          "schema": {"type": "string"},
          "example": "\"3\""
        }
        """#

    private static let apiKeyPlaceFilters = #"""
        "APIKeyResource": {
          "name": "resource",
          "in": "query",
          "description": "A grant of the key lies exactly here; with `below=true`, here or beneath.",
          "schema": {"$ref": "#/components/schemas/NRN"},
          "example": "organization=1:account=2"
        },
        "APIKeyBelow": {
          "name": "below",
          "in": "query",
          "description": "Whether `resource` also means what lies beneath. `true` is a 400 without `resource`.",
          "schema": {"type": "boolean", "default": false},
          "example": false
        },
        "APIKeyReaches": {
          "name": "reaches",
          "in": "query",
          "description": "A grant of the key lies here or above: the key can act here.",
          "schema": {"$ref": "#/components/schemas/NRN"},
          "example": "organization=1:account=2:namespace=3"
        },
        "APIKeyNRN": {
          "name": "nrn",
          "in": "query",
          "description": "Short for `resource` with `below=true`.",
          "schema": {"$ref": "#/components/schemas/NRN"},
          "example": "organization=1"
        },
        "APIKeyRole": {
          "name": "role",
          "in": "query",
          "description": "A grant of the key gives one of these roles, by slug as written; separated by commas.",
          "style": "form",
          "explode": false,
          "schema": {"type": "array", "items": {"$ref": "#/components/schemas/FilterText"}},
          "example": ["admin", "ops"]
        }
        """#

    private static let apiKeyFilters = #"""
        "APIKeySort": {
          "name": "sort",
          "in": "query",
          "description":
            "The order; `:asc` unless `:desc` is said, and `created_at:desc` when this parameter is left out. Names
            are sorted without regard to case, keys that were never used come last, ties are broken by id.",
          "schema": {
            "type": "string",
            "default": "created_at:desc",
            "enum": [
              "name", "name:asc", "name:desc", "created_at", "created_at:asc", "created_at:desc", "last_used_at",
              "last_used_at:asc", "last_used_at:desc"
            ]
          },
          "example": "name:asc"
        },
        "APIKeyName": {
          "name": "name",
          "in": "query",
          "description": "The key has exactly this name: all of the value, commas included.",
          "schema": {"$ref": "#/components/schemas/FilterText"},
          "example": "ci-main"
        },
        "APIKeySearch": {
          "name": "q",
          "in": "query",
          "description":
            "This is part of the key's name, without regard to case (below three characters: its beginning); or it is
            the key's handle; or the last four characters of its mask. 400 for what looks like a whole key.",
          "schema": {"$ref": "#/components/schemas/FilterText", "maxLength": 80},
          "example": "main"
        },
        "APIKeyTag": {
          "name": "tag",
          "in": "query",
          "description": "The key has this tag, written `key:value`. May be repeated: it has all of them.",
          "style": "form",
          "explode": true,
          "schema": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[^:\\u0000-\\u001f\\u007f]+:[^\\u0000-\\u001f\\u007f]+$"}
          },
          "example": ["team:payments"]
        },
        "APIKeyOwner": {
          "name": "owner_id",
          "in": "query",
          "description": "This user created the key.",
          "schema": {"$ref": "#/components/schemas/ID"},
          "example": 7
        },
        "APIKeyStatus": {
          "name": "status",
          "in": "query",
          "description": "Whether the key works. Expired keys are listed with `expired` only.",
          "schema": {"type": "string", "enum": ["active", "disabled", "expired"]},
          "example": "active"
        },
        "APIKeyUsed": {
          "name": "used",
          "in": "query",
          "description": "The key was used within so many days (1 to 36500), as in `30d`; or `never`.",
          "schema": {"type": "string", "pattern": "^(?:never|\#(days))$"},
          "example": "30d"
        },
        "APIKeyUnused": {
          "name": "unused",
          "in": "query",
          "description":
            "The key was not used for so many days (1 to 36500), as in `90d`: last used before, or never and created
            before. Not together with `used`.",
          "schema": {"type": "string", "pattern": "^\#(days)$"},
          "example": "90d"
        }
        """#

    /// 1 to 36500 days.
    private static let days = "(?:[1-9][0-9]{0,3}|[12][0-9]{4}|3[0-5][0-9]{3}|36[0-4][0-9]{2}|36500)d"
}
