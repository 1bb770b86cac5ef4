// `/token` and `/login`.

extension OpenAPIDocument {
    static let tokens = Part(paths: tokenPaths, examples: tokenExamples, schemas: tokenSchemas)

    private static let tokenPaths = #"""
        "/token": {
          "post": {
            "operationId": "exchangeToken",
            "tags": ["Tokens"],
            "summary": "Exchange an API key or a refresh token for an access token",
            "description":
              "Takes an API key, in any of three spellings, or a refresh token with its organization. The body is read
              as JSON whatever its `Content-Type` is; unknown members are ignored.\n\n
              An access token works for an hour unless configured, never longer than its key; it ends at once when the
              key is deleted, disabled or expires. A refresh token works for seven days. A bad, deleted, disabled or
              expired key and a wrong organization get the same 401. After 30 failures in a minute an address gets
              429 for the rest of it.",
            "security": [],
            "requestBody": \#(body("TokenRequest", examples: ["ExchangeAPIKey", "RenewToken"])),
            "responses": {
              "200": \#(answer("The access token.", "TokenResponse")),
              \#(refusals(401, 429, 503))
            }
          }
        },
        "/login": {
          "post": {
            "operationId": "logIn",
            "tags": ["Tokens"],
            "summary": "Exchange an API key for an access token",
            "description":
              "As `POST /token` with an API key. The body is read as JSON whatever its `Content-Type` is; unknown
              members are ignored.",
            "security": [],
            "requestBody": \#(body("LoginRequest", examples: ["ExchangeAPIKey"])),
            "responses": {
              "200": \#(answer("The access token.", "TokenResponse")),
              \#(refusals(401, 429, 503))
            }
          }
        }
        """#

    private static let tokenExamples = #"""
        "ExchangeAPIKey": {
          "summary": "With an API key",
          "value": {"api_key": "kw_EXAMPLE00001_00000000000000000000000000000000000000"}
        },
        "RenewToken": {
          "summary": "With a refresh token",
          "value": {"refresh_token": "cmVmcmVzaC10b2tlbi1leGFtcGxl", "organization_id": 1}
        },
        "TokenResponse": {
          "summary": "An access token and what renews it",
          "value": {
            "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJleGFtcGxlIn0.c2lnbmF0dXJl",
            "refresh_token": "cmVmcmVzaC10b2tlbi1leGFtcGxl",
            "token_type": "Bearer",
            "expires_in": 3600,
            "token_expires_at": 1767229200000,
            "organization_id": 1,
            "account_id": 2
          }
        }
        """#

    /// One of the spellings of `api_key` must be there; `null` counts as left out.
    private static let anySpelling = ["api_key", "apikey", "apiKey"].map { name in
        #"""
        {"required": ["\#(name)"], "properties": {"\#(name)": {"type": "string"}}}
        """#
    }.joined(separator: ",")

    private static let tokenSchemas = #"""
        "TokenRequest": {
          "description": "Either an API key, or a refresh token with its organization.",
          "oneOf": [
            {
              "type": "object",
              "title": "An API key",
              "description": "In one of three spellings; where several are given, they must agree.",
              "properties": {
                "api_key": {"type": ["string", "null"]},
                "apikey": {"type": ["string", "null"]},
                "apiKey": {"type": ["string", "null"]},
                "refresh_token": {"type": "null"}
              },
              "anyOf": [\#(anySpelling)],
              "additionalProperties": true
            },
            {
              "type": "object",
              "title": "A refresh token",
              "required": ["refresh_token", "organization_id"],
              "properties": {
                "refresh_token": {"type": "string"},
                "organization_id": {"$ref": "#/components/schemas/IDInput"},
                "api_key": {"type": "null"}, "apikey": {"type": "null"}, "apiKey": {"type": "null"}
              },
              "additionalProperties": true
            }
          ]
        },
        "LoginRequest": {
          "type": "object",
          "description": "An API key in one of three spellings; where several are given, they must agree.",
          "properties": {
            "api_key": {"type": ["string", "null"]},
            "apikey": {"type": ["string", "null"]},
            "apiKey": {"type": ["string", "null"]}
          },
          "anyOf": [\#(anySpelling)],
          "additionalProperties": true
        },
        "TokenResponse": {
          "type": "object",
          "description": "An access token.",
          "required": [
            "access_token", "token_type", "expires_in", "token_expires_at", "organization_id", "account_id"
          ],
          "properties": {
            "access_token": {
              "type": "string",
              "description":
                "A JWT (ES256, `typ` `at+jwt`) with integer `iat` and `exp`, `sub`, the numbers `organization` and
                `user` (the key's machine user), and `cognito:groups`. It holds no grants.",
              "pattern": "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$"
            },
            "refresh_token": {
              "type": "string", "description": "What renews the access token; absent in the answer to a renewal."
            },
            "token_type": {"const": "Bearer"},
            "expires_in": {
              "type": "integer", "minimum": 0, "description": "How many seconds the access token works from now."
            },
            "token_expires_at": {
              "type": "integer", "format": "int64",
              "description": "When the access token stops working, in milliseconds since 1970 UTC."
            },
            "organization_id": {"$ref": "#/components/schemas/ID"},
            "account_id": {
              "type": "integer", "format": "int64", "minimum": 0,
              "description": "The one account in which all grants of the key lie; 0 when there is none."
            }
          },
          "additionalProperties": false
        }
        """#
}
