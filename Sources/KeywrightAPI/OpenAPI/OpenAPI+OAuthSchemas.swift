import KeywrightWire

// What the OAuth endpoints take and give.

extension OpenAPIDocument {
    static let oauthExamples = #"""
        "ClientCredentials": {
          "summary": "Client credentials in the body",
          "value": {
            "grant_type": "client_credentials",
            "client_id": "EXAMPLE00001",
            "client_secret": "kw_EXAMPLE00001_00000000000000000000000000000000000000"
          }
        },
        "TokenExchange": {
          "summary": "A token exchange",
          "value": {
            "grant_type": "\#(OAuthGrantType.tokenExchange.rawValue)",
            "subject_token": "kw_EXAMPLE00001_00000000000000000000000000000000000000",
            "subject_token_type": "\#(OAuthTokenType.apiKey)"
          }
        },
        "OAuthRenewal": {
          "summary": "A renewal",
          "value": {"grant_type": "refresh_token", "refresh_token": "cmVmcmVzaC10b2tlbi1leGFtcGxl"}
        },
        "OAuthTokenResponse": {
          "summary": "The answer to a token exchange",
          "value": {
            "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJleGFtcGxlIn0.c2lnbmF0dXJl",
            "issued_token_type": "\#(OAuthTokenType.accessToken)",
            "token_type": "Bearer",
            "expires_in": 3600,
            "refresh_token": "cmVmcmVzaC10b2tlbi1leGFtcGxl"
          }
        },
        "IntrospectionRequest": {
          "summary": "An access token",
          "value": {
            "token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJleGFtcGxlIn0.c2lnbmF0dXJl",
            "token_type_hint": "access_token"
          }
        },
        "Introspection": {
          "summary": "An access token that may be used",
          "value": {
            "active": true,
            "client_id": "EXAMPLE00001",
            "username": "ci-main",
            "token_type": "Bearer",
            "exp": 1767229200,
            "iat": 1767225600,
            "sub": "1099511627833",
            "aud": "https://keys.example.com",
            "iss": "https://keys.example.com",
            "jti": "dG9rZW4tZXhhbXBsZS0wMQ",
            "organization_id": 1,
            "api_key_id": 57
          }
        },
        "RevocationRequest": {
          "summary": "An API key that leaked",
          "value": {"token": "kw_EXAMPLE00001_00000000000000000000000000000000000000"}
        },
        "Revoked": {"summary": "Nothing is said, whatever was sent", "value": {}},
        "AuthorizationServer": {
          "summary": "A server at https://keys.example.com",
          "value": {
            "issuer": "https://keys.example.com",
            "token_endpoint": "https://keys.example.com/oauth/token",
            "introspection_endpoint": "https://keys.example.com/introspect",
            "revocation_endpoint": "https://keys.example.com/revoke",
            "jwks_uri": "https://keys.example.com/.well-known/jwks.json",
            "response_types_supported": [],
            "grant_types_supported": [
              "client_credentials", "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange"
            ],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "introspection_endpoint_auth_methods_supported": ["Bearer", "client_secret_basic", "client_secret_post"],
            "revocation_endpoint_auth_methods_supported": ["none"]
          }
        },
        "SigningKeys": {
          "summary": "One key",
          "value": {
            "keys": [
              {
                "kty": "EC", "use": "sig", "alg": "ES256", "kid": "a2V5LWV4YW1wbGUt", "crv": "P-256",
                "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
              }
            ]
          }
        }
        """#

    static let oauthSchemas = #"""
        "OAuthTokenRequest": {
          "description": "Client credentials, a token exchange, or a renewal. What is not known is ignored.",
          "oneOf": [
            {
              "type": "object",
              "title": "Client credentials",
              "description": "`client_id` and `client_secret` are left out when `Authorization` holds them.",
              "required": ["grant_type"],
              "properties": {
                "grant_type": {"const": "client_credentials"},
                "client_id": {"type": "string", "minLength": 1}, "client_secret": {"type": "string", "minLength": 1}
              },
              "additionalProperties": {"type": "string"}
            },
            {
              "type": "object",
              "title": "A token exchange",
              "required": ["grant_type", "subject_token", "subject_token_type"],
              "properties": {
                "grant_type": {"const": "\#(OAuthGrantType.tokenExchange.rawValue)"},
                "subject_token": {"type": "string", "minLength": 1},
                "subject_token_type": {"const": "\#(OAuthTokenType.apiKey)"},
                "requested_token_type": {"enum": ["\#(OAuthTokenType.accessToken)", "\#(OAuthTokenType.jwt)"]},
                "audience": {"type": "string", "description": "The address of this server, when given."},
                "resource": {"type": "string", "description": "The address of this server, when given."}
              },
              "additionalProperties": {"type": "string"}
            },
            {
              "type": "object",
              "title": "A renewal",
              "required": ["grant_type", "refresh_token"],
              "properties": {
                "grant_type": {"const": "refresh_token"}, "refresh_token": {"type": "string", "minLength": 1}
              },
              "additionalProperties": {"type": "string"}
            }
          ]
        },
        "OAuthTokenResponse": {
          "type": "object",
          "description": "An access token.",
          "required": ["access_token", "token_type", "expires_in"],
          "properties": {
            "access_token": {"type": "string", "description": "As in the answer of `POST /token`."},
            "issued_token_type": {"type": "string", "description": "For a token exchange: an access token."},
            "token_type": {"const": "Bearer"},
            "expires_in": {
              "type": "integer", "minimum": 0, "description": "How many seconds the access token works from now."
            },
            "refresh_token": {
              "type": "string", "description": "For a token exchange: what renews the access token."
            }
          },
          "additionalProperties": false
        },
        "IntrospectionRequest": {
          "type": "object",
          "description": "What is looked into. The hint is not needed.",
          "required": ["token"],
          "properties": {
            "token": {"type": "string", "minLength": 1},
            "token_type_hint": {"type": "string"}
          },
          "additionalProperties": {"type": "string"}
        },
        "Introspection": {
          "type": "object",
          "description": "What is known of a token or key; `active` alone when it may not be used.",
          "required": ["active"],
          "properties": {
            "active": {"type": "boolean"},
            "client_id": {"type": "string", "description": "The handle of the API key."},
            "username": {"type": "string", "description": "The name of the API key."},
            "token_type": {"enum": ["Bearer", "N_A"], "description": "`N_A` for a refresh token."},
            "exp": {"type": "integer", "format": "int64", "description": "Absent for a key that never expires."},
            "iat": {"type": "integer", "format": "int64", "description": "For access tokens."},
            "sub": {"type": "string", "description": "The id of the key's machine user."},
            "aud": {"type": "string", "description": "The address of this server."},
            "iss": {"type": "string", "description": "The address of this server."},
            "jti": {
              "type": "string", "description": "The access token, or the exchange that a refresh token came from."
            },
            "organization_id": {"$ref": "#/components/schemas/ID"},
            "api_key_id": {"$ref": "#/components/schemas/ID"}
          },
          "additionalProperties": false
        },
        "RevocationRequest": {
          "type": "object",
          "description": "What is revoked. The hint is not needed.",
          "required": ["token"],
          "properties": {
            "token": {"type": "string", "minLength": 1},
            "token_type_hint": {"type": "string"}
          },
          "additionalProperties": {"type": "string"}
        },
        "Revoked": {
          "type": "object", "description": "Nothing.", "maxProperties": 0, "additionalProperties": false
        },
        "AuthorizationServer": {
          "type": "object",
          "description": "RFC 8414, section 2. There is no authorization endpoint, and so no response type.",
          "required": [
            "issuer", "token_endpoint", "introspection_endpoint", "revocation_endpoint", "jwks_uri",
            "response_types_supported", "grant_types_supported", "token_endpoint_auth_methods_supported",
            "introspection_endpoint_auth_methods_supported", "revocation_endpoint_auth_methods_supported"
          ],
          "properties": {
            "issuer": {"type": "string", "format": "uri"},
            "token_endpoint": {"type": "string", "format": "uri"},
            "introspection_endpoint": {"type": "string", "format": "uri"},
            "revocation_endpoint": {"type": "string", "format": "uri"},
            "jwks_uri": {"type": "string", "format": "uri"},
            "response_types_supported": {"type": "array", "maxItems": 0, "items": {"type": "string"}},
            "grant_types_supported": {"type": "array", "items": {"type": "string"}},
            "token_endpoint_auth_methods_supported": {"type": "array", "items": {"type": "string"}},
            "introspection_endpoint_auth_methods_supported": {"type": "array", "items": {"type": "string"}},
            "revocation_endpoint_auth_methods_supported": {"type": "array", "items": {"type": "string"}}
          },
          "additionalProperties": false
        },
        "SigningKeys": {
          "type": "object",
          "description": "The public keys, the one that begins to sign last first.",
          "required": ["keys"],
          "properties": {"keys": {"type": "array", "items": {"$ref": "#/components/schemas/SigningKey"}}},
          "additionalProperties": false
        },
        "SigningKey": {
          "type": "object",
          "description": "A key on the curve P-256 (RFC 7518, section 6.2).",
          "required": ["kty", "use", "alg", "kid", "crv", "x", "y"],
          "properties": {
            "kty": {"const": "EC"},
            "use": {"const": "sig"},
            "alg": {"const": "ES256"},
            "kid": {"type": "string", "description": "The name in a token's header.", "pattern": "^[A-Za-z0-9_-]{16}$"},
            "crv": {"const": "P-256"},
            "x": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
            "y": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}
          },
          "additionalProperties": false
        },
        "OAuthError": {
          "type": "object",
          "description": "Why a request was refused (RFC 6749, section 5.2).",
          "required": ["error", "error_description"],
          "properties": {
            "error": {"enum": [\#(oauthErrorCodes)], "description": "The kind, for programs."},
            "error_description": {"type": "string", "description": "What is wrong this time."}
          },
          "additionalProperties": false
        },
        "OAuthRefusal": {
          "description": "Why a request was refused: by the endpoint, or before it got there.",
          "oneOf": [{"$ref": "#/components/schemas/OAuthError"}, {"$ref": "#/components/schemas/Problem"}]
        }
        """#
}
