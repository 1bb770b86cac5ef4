// `/v1/verify`, its batch, and `/forward-auth`.

extension OpenAPIDocument {
    static let verification = Part(
        paths: verificationPaths, parameters: forwardParameters, examples: verificationExamples,
        schemas: [verificationRequestSchemas, verificationAnswerSchemas, explanationSchemas].joined(separator: ",")
    )

    private static let verificationPaths = #"""
        "/v1/verify": {
          "post": {
            "operationId": "verify",
            "tags": ["Verification"],
            "summary": "Is this credential good, and may it do this here?",
            "description":
              "What a service asks about the credential that a client showed it. The caller needs `authz:check` at its
              organization, as the role `verifier` gives it; 200 is about the credential in the body, and faults of
              the caller or the body are refused.\n\n
              `valid` says whether the credential itself is good, `allowed` whether it may do what was asked. The codes
              `DISABLED`, `EXPIRED` and `DELETED` are given only to who shows the right secret. Whatever else is wrong
              with a credential is `NOT_FOUND` with the same bytes, also when it is another organization's.\n\n
              The answer is never out of date: the request after the answer to a change finds the new state.",
            "requestBody": \#(body("VerifyRequest", examples: ["VerifyRequest", "VerifyTokenWithGrants"])),
            "responses": {
              "200": \#(answer("What was found.", "VerifyResponse")),
              \#(refusals(401, 403, 415, 503))
            }
          }
        },
        "/v1/verify/batch": {
          "post": {
            "operationId": "verifyBatch",
            "tags": ["Verification"],
            "summary": "Verify up to 100 credentials",
            "description":
              "As `POST /v1/verify`, for several at once; the answers come in the order of the request. One malformed
              item refuses all, and `errors` names every wrong field.",
            "requestBody": \#(body("VerifyBatchRequest")),
            "responses": {
              "200": \#(answer("What was found of each.", "VerifyBatchResponse")),
              \#(refusals(401, 403, 415, 503))
            }
          }
        },
        "/forward-auth": {
          "get": {
            "operationId": "forwardAuth",
            "tags": ["Verification"],
            "summary": "May this request pass the proxy?",
            "description":
              "What a reverse proxy asks before it hands a request on (`auth_request` of nginx, `forward_auth` of Caddy,
              ForwardAuth of Traefik, `ext_authz` of Envoy). The credential is the client's own, in `Authorization` as
              a bearer token or in `X-Api-Key`: one of them, once; with both, or with one twice, the answer is 401.
              The proxy needs no credential of its own.\n\n
              Action and resource come from the query alone, so that no header of a client changes them. Without them
              any good credential passes.\n\n
              `X-Keywright-Reason` says why a request may not pass: `NO_CREDENTIAL`, `TWO_CREDENTIALS`, or a code of
              `POST /v1/verify`.",
            "security": [],
            "parameters": \#(parameters("ForwardAction", "ForwardNRN", "ForwardAPIKey")),
            "responses": {
              "204": {
                "description": "It may pass; the headers say whose credential it is.",
                "headers": \#(references(
                    to: "headers",
                    ["X-Request-Id", "X-Keywright-Key-Id", "X-Keywright-Organization", "X-Keywright-Name"]
                ))
              },
              "401": \#(forwardRefusal("There is not exactly one good credential.", "Unauthenticated", [
                  "WWW-Authenticate",
              ])),
              "403": \#(forwardRefusal("The credential is good but not for this.", "Forbidden", [])),
              \#(refusals(503))
            }
          }
        }
        """#

    private static func forwardRefusal(_ description: String, _ example: String, _ headers: [String]) -> String {
        #"""
        {
          "description": "\#(description)",
          "headers": \#(references(to: "headers", ["X-Request-Id", "X-Keywright-Reason"] + headers)),
          "content": \#(content("Problem", examples: [example]))
        }
        """#
    }

    private static let forwardParameters = #"""
        "ForwardAction": {
          "name": "action", "in": "query",
          "description": "The action that must be allowed; with `nrn`.",
          "schema": {"$ref": "#/components/schemas/Action"},
          "example": "application:read"
        },
        "ForwardNRN": {
          "name": "nrn", "in": "query",
          "description": "The resource where it must be allowed; with `action`.",
          "schema": {"$ref": "#/components/schemas/NRN"},
          "example": "organization=1:account=2"
        },
        "ForwardAPIKey": {
          "name": "X-Api-Key", "in": "header",
          "description": "An API key or an access token, in place of a bearer token.",
          "schema": {"type": "string"},
          "example": "kw_EXAMPLE00001_00000000000000000000000000000000000000"
        }
        """#

    private static let verificationExamples = #"""
        "VerifyRequest": {
          "summary": "An API key, and what it is about to do",
          "value": {
            "api_key": "kw_EXAMPLE00001_00000000000000000000000000000000000000",
            "action": "application:read", "nrn": "organization=1:account=2"
          }
        },
        "VerifyTokenWithGrants": {
          "summary": "An access token, with what it may do",
          "value": {
            "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJleGFtcGxlIn0.c2lnbmF0dXJl",
            "tags": [{"key": "team", "value": "payments"}], "include": ["grants"]
          }
        },
        "VerifyBatchRequest": {
          "summary": "Two API keys",
          "value": {
            "checks": [
              {"api_key": "kw_EXAMPLE00001_00000000000000000000000000000000000000"},
              {
                "api_key": "kw_EXAMPLE00002_00000000000000000000000000000000000000",
                "action": "application:read", "nrn": "organization=1", "explain": true
              }
            ]
          }
        },
        "VerifyResponse": {"summary": "A good API key that may", "value": \#(verifyResponse)},
        "VerifyBatchResponse": {
          "summary": "One that may, and one that does not exist",
          "value": {
            "results": [
              \#(verifyResponse),
              {
                "valid": false, "code": "NOT_FOUND", "allowed": false, "key_id": null, "handle": null, "name": null,
                "organization_id": null, "user_id": null, "expires_at": null, "tags": []
              }
            ]
          }
        }
        """#

    private static let verifyResponse = #"""
        {
          "valid": true, "code": "VALID", "allowed": true, "key_id": 57, "handle": "EXAMPLE00001",
          "name": "payments service", "organization_id": 1, "user_id": 1099511627833,
          "expires_at": "2030-01-31T12:00:00.000Z", "tags": [{"key": "team", "value": "payments"}]
        }
        """#
}
