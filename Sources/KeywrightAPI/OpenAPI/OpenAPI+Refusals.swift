// How requests are refused: one body, and one shared response for each status.

extension OpenAPIDocument {
    /// A status with which requests are refused, with an example.
    private struct SharedRefusal {
        let status: Int
        /// The name of the shared response.
        let name: String
        let title: String
        let description: String
        var headers: [String] = []
        let code: String
        let detail: String
        /// What stands in the example beside the usual members.
        var more = ""
    }

    /// References to the shared responses of some statuses, and of those that any request can get on its way.
    ///
    /// - Parameters:
    ///   - isHostChecked: false for what is answered whatever the host is.
    ///   - with400: false where 400 has another body.
    static func refusals(_ statuses: Int..., isHostChecked: Bool = true, with400: Bool = true) -> String {
        let wanted = statuses + [408, 413, 414, 417, 431] + (isHostChecked ? [421] : []) + (with400 ? [400] : [])
        return sharedRefusals.filter { wanted.contains($0.status) }.map { refusal in
            #"""
            "\#(refusal.status)": {"$ref": "#/components/responses/\#(refusal.name)"}
            """#
        }.joined(separator: ",")
    }

    /// The shared responses. No operation refers to 405: it is what the methods get that a path does not have.
    static let sharedResponses = sharedRefusals.map { refusal in
        #"""
        "\#(refusal.name)": {
          "description": "\#(refusal.description)",
          "headers": \#(references(to: "headers", ["X-Request-Id"] + refusal.headers)),
          "content": \#(content("Problem", examples: [refusal.name]))
        }
        """#
    }.joined(separator: ",")

    static let problems = Part(
        examples: sharedRefusals.map(example(of:)).joined(separator: ","),
        schemas: #"""
            "Problem": {
              "type": "object",
              "description": "Why a request was refused: what existing clients print, and the members of RFC 9457.",
              "required": ["message", "type", "title", "status", "detail", "code"],
              "properties": {
                "message": {"type": "string", "description": "What is wrong, for people."},
                "type": {"type": "string", "format": "uri-reference", "description": "The kind, as a URI."},
                "title": {"type": "string", "description": "The kind, in a few words."},
                "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status."},
                "detail": {"type": "string", "description": "What is wrong this time."},
                "code": {
                  "type": "string",
                  "description": "The kind, for programs: \#(codes). There may be more some day.",
                  "pattern": "^[a-z_]+$"
                },
                "errors": {
                  "type": "array",
                  "description": "Every wrong field; absent when the request as a whole is refused.",
                  "minItems": 1,
                  "items": {"$ref": "#/components/schemas/FieldError"}
                },
                "id": {
                  "type": "integer",
                  "format": "int64",
                  "description": "The user who has the address already; absent in all other cases."
                },
                "cause": {
                  "type": "object",
                  "description": "Which item of a list was refused; absent for other requests.",
                  "required": ["index"],
                  "properties": {
                    "index": {"type": "integer", "minimum": 0, "description": "The item's position, from 0."}
                  },
                  "additionalProperties": false
                }
              },
              "additionalProperties": false
            },
            "FieldError": {
              "type": "object",
              "description": "One wrong field of a request.",
              "required": ["pointer", "message"],
              "properties": {
                "pointer": {
                  "type": "string",
                  "description": "A JSON pointer (RFC 6901) into the body, empty for the whole; for a query parameter,
                    a slash and its name.",
                  "pattern": "^(?:/(?:[^~/]|~[01])*)*$"
                },
                "message": {"type": "string", "description": "A sentence that says what would be right."}
              },
              "additionalProperties": false
            }
            """#
    )

    /// The values of `code`, once each.
    private static let codes = (["malformed_request"] + sharedRefusals.map(\.code)).map { "`\($0)`" }
        .joined(separator: ", ")

    private static func example(of refusal: SharedRefusal) -> String {
        #"""
        "\#(refusal.name)": {
          "summary": "\#(refusal.title)",
          "value": {
            "message": "\#(refusal.detail)", "type": "about:blank", "title": "\#(refusal.title)",
            "status": \#(refusal.status), "detail": "\#(refusal.detail)", "code": "\#(refusal.code)"\#(refusal.more)
          }
        }
        """#
    }

    private static let sharedRefusals = [
        SharedRefusal(
            status: 400, name: "Invalid", title: "Bad Request",
            description: "The request is malformed, or something in it is not valid: `errors` names every wrong field.",
            code: "invalid", detail: "name is required.",
            more: #", "errors": [{"pointer": "/name", "message": "name is required."}]"#
        ),
        SharedRefusal(
            status: 401, name: "Unauthenticated", title: "Unauthorized",
            description: "No credential, or not a good one; the same body for every reason.",
            headers: ["WWW-Authenticate"], code: "unauthenticated",
            detail: "The credential is missing, malformed or not valid."
        ),
        SharedRefusal(
            status: 403, name: "Forbidden", title: "Forbidden",
            description: "The caller may not do this: the answer names the action and the NRN where it is missing.",
            code: "forbidden", detail: "This needs the action api_key:create at organization=1:account=2."
        ),
        SharedRefusal(
            status: 404, name: "NotFound", title: "Not Found",
            description: "There is nothing with this id that the caller may know of.",
            code: "not_found", detail: "No such API key."
        ),
        SharedRefusal(
            status: 405, name: "MethodNotAllowed", title: "Method Not Allowed",
            description: "The path does not have this method.",
            headers: ["Allow"], code: "method_not_allowed", detail: "The method is not supported here."
        ),
        SharedRefusal(
            status: 408, name: "RequestTimeout", title: "Request Timeout",
            description: "The request took too long to arrive.",
            code: "request_timeout", detail: "The body took too long to arrive."
        ),
        SharedRefusal(
            status: 409, name: "Conflict", title: "Conflict",
            description: "Something is in the way: a duplicate, something that is in use, or the last administrator.",
            code: "conflict", detail: "There is a role with this slug already."
        ),
        SharedRefusal(
            status: 412, name: "VersionMismatch", title: "Precondition Failed",
            description: "`If-Match` names none of the versions that the thing has now. Nothing was changed.",
            code: "version_mismatch", detail: "It was changed since. Read it again and repeat the change."
        ),
        SharedRefusal(
            status: 413, name: "ContentTooLarge", title: "Content Too Large",
            description: "The body is larger than the server takes, 64 KiB unless configured.",
            code: "content_too_large", detail: "The body is larger than 65536 bytes."
        ),
        SharedRefusal(
            status: 414, name: "URITooLong", title: "URI Too Long",
            description: "The path and query are longer than the server takes, 4 KiB unless configured.",
            code: "uri_too_long", detail: "The request target is longer than 4096 bytes."
        ),
        SharedRefusal(
            status: 415, name: "UnsupportedMediaType", title: "Unsupported Media Type",
            description: "The body has another `Content-Type` than `application/json`.",
            code: "unsupported_media_type", detail: "The body must be application/json."
        ),
        SharedRefusal(
            status: 417, name: "ExpectationFailed", title: "Expectation Failed",
            description: "`Expect` asks for something else than `100-continue`.",
            code: "expectation_failed", detail: "The only supported expectation is 100-continue."
        ),
        SharedRefusal(
            status: 421, name: "MisdirectedRequest", title: "Misdirected Request",
            description: "The request is for a host that this server does not answer for.",
            code: "misdirected_request", detail: "This server does not answer for the requested host."
        ),
        SharedRefusal(
            status: 422, name: "IdempotencyKeyReused", title: "Unprocessable Content",
            description: "This `Idempotency-Key` was used with another body in the last 24 hours.",
            code: "unprocessable", detail: "This Idempotency-Key was used with another request body."
        ),
        SharedRefusal(
            status: 429, name: "RateLimited", title: "Too Many Requests",
            description: "Too many failures from this address. `Retry-After` says when to try again.",
            headers: ["Retry-After"], code: "rate_limited",
            detail: "Too many failed attempts. Try again in a minute."
        ),
        SharedRefusal(
            status: 431, name: "HeaderTooLarge", title: "Request Header Fields Too Large",
            description: "The header block is larger than 16 KiB or has more than 100 fields, unless configured.",
            code: "header_too_large", detail: "The header block is larger than 16384 bytes or has more than 100 fields."
        ),
        SharedRefusal(
            status: 503, name: "Unavailable", title: "Service Unavailable",
            description: "The database is away, or the server is shutting down. Nothing was changed.",
            headers: ["Retry-After"], code: "unavailable",
            detail: "The database does not answer. Nothing was changed."
        ),
        SharedRefusal(
            status: 507, name: "StorageFull", title: "Insufficient Storage",
            description: "The server's disk is full. Nothing was changed; reading goes on.",
            code: "storage_full", detail: "The server's disk is full. Nothing was changed."
        ),
    ]
}
