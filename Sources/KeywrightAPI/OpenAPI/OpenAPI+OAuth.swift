// `/oauth/token`, `/introspect`, `/revoke` and `/.well-known/…`: what standards describe.

extension OpenAPIDocument {
    static let oauth = Part(
        paths: oauthPaths + "," + wellKnownPaths, examples: oauthExamples + "," + oauthErrorExamples,
        schemas: oauthSchemas
    )

    private static let oauthPaths = #"""
        "/oauth/token": {
          "post": {
            "operationId": "giveToken",
            "tags": ["OAuth"],
            "summary": "Get an access token as an OAuth client",
            "description":
              "For client libraries that speak OAuth 2.0. With `client_credentials` (RFC 6749, section 4.4) the `client_id`
              is the handle of an API key and the `client_secret` the whole key, given by `Authorization: Basic` or in the
              body, not both. With token exchange (RFC 8693) the subject token is an API key. With `refresh_token` a token
              from an exchange or from `POST /token` is renewed.\n\n
              The tokens are those of `POST /token`, and so are the limits. Parameters that are not known are ignored; one
              that is given twice is an `invalid_request`; there are no scopes. Refusals are written as RFC 6749 says.",
            "security": [],
            "requestBody": \#(form("OAuthTokenRequest", examples: ["ClientCredentials", "TokenExchange", "OAuthRenewal"])),
            "responses": {
              "200": \#(answer("The access token.", "OAuthTokenResponse")),
              \#(oauthRefusals(401, 429, 503))
            }
          }
        },
        "/introspect": {
          "post": {
            "operationId": "introspectToken",
            "tags": ["OAuth"],
            "summary": "Look into a token",
            "description":
              "Whether an access token, a refresh token or an API key may be used, and whose it is (RFC 7662). Whatever is
              not good, or belongs to another organization, is `{\"active\":false}` alone. There are no scopes: what a key
              may do is asked of `/v1/verify`. The caller needs `authz:check` at organization level; it shows a bearer
              credential, or, as an OAuth client, the handle of its key and the key.",
            "security": [{"bearer": []}, {"client": []}],
            "requestBody": \#(form("IntrospectionRequest")),
            "responses": {
              "200": \#(answer("What is known of it.", "Introspection")),
              \#(oauthRefusals(401, 403, 503))
            }
          }
        },
        "/revoke": {
          "post": {
            "operationId": "revokeToken",
            "tags": ["OAuth"],
            "summary": "Revoke a token or delete a key, by having it",
            "description":
              "An access token is refused from now on; so are a refresh token and all access tokens that came of the same
              exchange; an API key is deleted (RFC 7009). Having it is enough: no other credential is looked at, so that
              whoever finds one can end it. What is not good, or was revoked before, gets 200 as well.",
            "security": [],
            "requestBody": \#(form("RevocationRequest")),
            "responses": {
              "200": \#(answer("It is not accepted any more.", "Revoked")),
              \#(oauthRefusals(429, 503))
            }
          }
        }
        """#

    private static let wellKnownPaths = #"""
        "/.well-known/oauth-authorization-server": {
          "get": {
            "operationId": "describeAuthorizationServer",
            "tags": ["OAuth"],
            "summary": "What OAuth clients need to know of the server",
            "description": "The addresses and abilities of the server, for client libraries (RFC 8414).",
            "security": [],
            "responses": {
              "200": \#(answer("What the server can do.", "AuthorizationServer", headers: ["Cache-Control"])),
              \#(refusals())
            }
          }
        },
        "/.well-known/jwks.json": {
          "get": {
            "operationId": "readSigningKeys",
            "tags": ["OAuth"],
            "summary": "The public keys that check access tokens",
            "description":
              "A JSON Web Key Set (RFC 7517). A new key is published an hour before it signs, and an old one stays until no
              token that it signed is left: whoever reads this every few minutes can check every token. `If-None-Match`
              is honoured.",
            "security": [],
            "responses": {
              "200": {
                "description": "The public keys.",
                "headers": \#(signingKeyHeaders),
                "content": \#(content("SigningKeys", examples: ["SigningKeys"]))
              },
              "304": {"description": "The caller has them already.", "headers": \#(signingKeyHeaders)},
              \#(refusals(503))
            }
          }
        }
        """#

    private static let signingKeyHeaders = #"""
        {
          "X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"},
          "Cache-Control": {"$ref": "#/components/headers/Cache-Control"},
          "ETag": {
            "description": "Stands for this set of keys, for `If-None-Match`.",
            "required": true,
            "schema": {"type": "string"},
            "example": "\"a2V5LWV4YW1wbGUt\""
          }
        }
        """#

    // MARK: Refusals

    /// A status with which the OAuth endpoints refuse.
    private struct OAuthResponse {
        let status: Int
        let name: String
        let description: String
        var headers: [String] = []
        let error: String
        let detail: String
        /// Whether the transport may refuse with this status, too, in its own words.
        var isShared = false
    }

    private static let oauthStatuses = [
        OAuthResponse(
            status: 400, name: "OAuthInvalid",
            description: "The request is not what the standard says. Malformed HTTP gets a `Problem`.",
            error: "invalid_request", detail: "The parameter grant_type is missing.", isShared: true
        ),
        OAuthResponse(
            status: 401, name: "OAuthUnauthenticated", description: "No good credential of the client or the caller.",
            headers: ["WWW-Authenticate"], error: "invalid_client",
            detail: "The client credentials are missing, malformed or not valid."
        ),
        OAuthResponse(
            status: 403, name: "OAuthForbidden", description: "The caller may not do this.",
            headers: ["WWW-Authenticate"], error: "insufficient_scope",
            detail: "This needs the action authz:check at organization=1."
        ),
        OAuthResponse(
            status: 429, name: "OAuthRateLimited",
            description: "Too many failures, or too many revocations of one key.",
            headers: ["Retry-After"], error: "temporarily_unavailable",
            detail: "Too many failed attempts. Try again in a minute."
        ),
        OAuthResponse(
            status: 503, name: "OAuthUnavailable",
            description: "The database is away or its disk full, or the server is shutting down. Nothing was changed.",
            headers: ["Retry-After"], error: "temporarily_unavailable",
            detail: "The database does not answer. Nothing was changed.", isShared: true
        ),
    ]

    /// References to the responses of some statuses, with 400 always, and to what any request can get on its way.
    private static func oauthRefusals(_ statuses: Int...) -> String {
        let own = oauthStatuses.filter { ([400] + statuses).contains($0.status) }.map { response in
            #"""
            "\#(response.status)": {"$ref": "#/components/responses/\#(response.name)"}
            """#
        }
        return (own + [refusals(with400: false)]).joined(separator: ",")
    }

    /// The responses themselves.
    static let oauthResponses = oauthStatuses.map { response in
        #"""
        "\#(response.name)": {
          "description": "\#(response.description)",
          "headers": \#(references(to: "headers", ["X-Request-Id"] + response.headers)),
          "content": \#(content(response.isShared ? "OAuthRefusal" : "OAuthError", examples: [response.name]))
        }
        """#
    }.joined(separator: ",")

    private static let oauthErrorExamples = oauthStatuses.map { response in
        #"""
        "\#(response.name)": {
          "summary": "\#(response.error)",
          "value": {"error": "\#(response.error)", "error_description": "\#(response.detail)"}
        }
        """#
    }.joined(separator: ",")

    /// The values of `error`.
    static let oauthErrorCodes = OAuthRefusal.Code.allCases.map { #""\#($0.rawValue)""# }.joined(separator: ", ")
}
