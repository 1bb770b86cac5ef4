/// The description of the API (OpenAPI 3.1), served at `/openapi.json`.
///
/// Each feature describes its paths and schemas in a file of its own, as JSON for people: a text may run over several
/// lines there. What is the same for several routes is written once and referred to, or made by a function.
public enum OpenAPIDocument {
    /// The document as compact JSON text, like every answer.
    public static let json = compact(
        #"""
        {
          "openapi": "3.1.0",
          "info": \#(info),
          "servers": [{"url": "/", "description": "The server that gave this document"}],
          "security": [{"bearer": []}],
          "tags": \#(tags),
          "paths": {\#(all(\.paths))},
          "components": {
            "securitySchemes": \#(securitySchemes),
            "parameters": {\#(all(\.parameters))},
            "headers": {\#(sharedHeaders)},
            "responses": {\#(sharedResponses),\#(oauthResponses)},
            "examples": {\#(all(\.examples))},
            "schemas": {\#(all(\.schemas))}
          }
        }
        """#
    )

    /// What one feature adds to the document: members of JSON objects, without the braces around them.
    struct Part: Sendable {
        var paths = ""
        var parameters = ""
        var examples = ""
        var schemas = ""
    }

    private static let parts = [
        values, problems, apiKeys, apiKeySchemas, tokens, oauth, verification, changes, roles, grants, users, resources,
        audit, service,
    ]

    private static func all(_ members: KeyPath<Part, String>) -> String {
        parts.map { $0[keyPath: members] }.filter { !$0.isEmpty }.joined(separator: ",")
    }

    private static let info = #"""
        {
          "title": "Keywright",
          "version": "1.0.0",
          "summary": "API keys for a platform: who may call it, with which role, on which part of it.",
          "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
          "description":
            "Keywright issues API keys, exchanges them for short-lived access tokens, and keeps the roles, grants,
            users and resources that say what a key may do.\n\n
            **Where grants hold.** A resource is named by its NRN, as in `organization=1:account=2`. A grant holds at
            its NRN and at everything below it; grants add up, and nothing takes away from them.\n\n
            **Conventions.** JSON in UTF-8, snake_case. Ids are numbers below 2^53; where a request body takes an id,
            digits in a string are taken too. Times are RFC 3339 in UTC with milliseconds. Every `GET` also answers
            `HEAD`. A trailing slash in the path changes nothing.\n\n
            **Lists.** `limit` is 30 unless given; above 200 it is cut to 200. All filters apply before the page is cut.
            `paging.total` is exact up to 10,000 matches; beyond, it is 10000 with `total_is_capped: true`.\n\n
            **Strictness.** A query parameter given twice is a 400 (but `tag`). A query parameter or a member of a body
            that is not known is a 400, and so is a member that cannot be set; but with users, resources, `/token` and
            `/login`, what is not known is ignored, since existing clients send much there.\n\n
            **Refusals.** Every one has the body `Problem`: `message` for people, `code` for programs, the other
            members of RFC 9457, and `errors` with every wrong field at once. What is absent and what belongs to
            another organization get the same bytes. A method that a path does not have is a 405 with `Allow`. Before
            a request reaches its route it can be refused for its size (413, 414, 431), its pace (408), its `Expect`
            (417) or its host (421).\n\n
            **Request id.** Every answer carries `X-Request-Id`; the audit trail has the same id."
        }
        """#

    private static let tags = #"""
        [
          {"name": "API keys", "description": "Create, list, change and delete API keys."},
          {"name": "Tokens", "description": "Exchange an API key for an access token."},
          {"name": "OAuth", "description": "Tokens, introspection and revocation as standards describe them."},
          {"name": "Verification", "description": "Ask whether a credential is good, and what it may do."},
          {"name": "Roles", "description": "The built-in roles, and those of the organization."},
          {"name": "Grants", "description": "Who holds which role where."},
          {"name": "Users", "description": "People, and the machine users of API keys."},
          {"name": "Resources",
           "description": "The tree of organizations, accounts, namespaces, applications and scopes."},
          {"name": "Audit", "description": "Who did what, with which outcome."},
          {"name": "Service", "description": "The server itself."}
        ]
        """#

    private static let securitySchemes = #"""
        {
          "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT or API key",
            "description": "An access token from `POST /token`, or an API key as it is."
          },
          "client": {
            "type": "http",
            "scheme": "basic",
            "description": "The handle of an API key as the user, the whole key as the password."
          }
        }
        """#

    /// The same JSON without the blanks between its parts. In texts, runs of blanks become one, and none follows `\n`.
    private static func compact(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        let lineEnd = ArraySlice(#"\n"#.utf8)
        var isInText = false
        var isEscaped = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") {
                let isDropped = bytes.last == UInt8(ascii: " ") || bytes.suffix(2) == lineEnd
                if isInText && !isDropped { bytes.append(UInt8(ascii: " ")) }
                continue
            }
            bytes.append(byte)
            if isEscaped {
                isEscaped = false
            } else if isInText && byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInText.toggle()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
