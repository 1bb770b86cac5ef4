// The values that many routes take and give: ids, times, names, NRNs, pages.

extension OpenAPIDocument {
    /// What the value of an id may be, in patterns.
    static let idPattern = "[1-9][0-9]{0,15}"

    /// The characters that names may not hold, as the inside of a pattern's brackets: control characters, and those
    /// that are not seen or change how the rest is read. Those beyond U+FFFF are left out: engines differ there.
    static let invisible = #"""
        \\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\#
        \\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb
        """#

    /// What a name looks like, as a pattern without its ends: not blank, nothing invisible.
    static let namePattern = #"[^\#(invisible)]*[^\\s\#(invisible)][^\#(invisible)]*"#

    static let nrnPattern =
        "organization=\(idPattern)(?::account=\(idPattern)(?::namespace=\(idPattern)"
        + "(?::application=\(idPattern)(?::scope=\(idPattern))?)?)?)?"

    static let values = Part(parameters: valueParameters, schemas: numbersAndTimes + "," + texts)

    /// Headers of answers.
    static let sharedHeaders = #"""
        "X-Request-Id": {
          "description": "The id of this request, as the log and the audit trail have it.",
          "required": true,
          "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
          "example": "5f0c8a2e9b7d41c3a6e0f1d2b3c4a596"
        },
        "ETag": {
          "description": "The version of the API key, for `If-Match`. Using the key does not change it.",
          "required": true,
          "schema": {"type": "string", "pattern": "^\"[1-9][0-9]*\"$"},
          "example": "\"3\""
        },
        "Cache-Control": {
          "description": "How long the answer may be kept.",
          "required": true,
          "schema": {"type": "string"},
          "example": "public, max-age=300"
        },
        "Idempotency-Replayed": {
          "description": "An earlier request with this `Idempotency-Key` created the API key; this one did not.",
          "required": true,
          "schema": {"type": "string", "enum": ["true"]},
          "example": "true"
        },
        "Retry-After": {
          "description": "After how many seconds to try again.",
          "schema": {"type": "integer", "minimum": 1},
          "example": 30
        },
        "WWW-Authenticate": {
          "description": "How to authenticate (RFC 6750).",
          "required": true,
          "schema": {"type": "string"},
          "example": "Bearer realm=\"keywright\""
        },
        "X-Keywright-Key-Id": {
          "description": "The id of the API key.",
          "required": true,
          "schema": {"type": "string", "pattern": "^\#(idPattern)$"},
          "example": "57"
        },
        "X-Keywright-Organization": {
          "description": "The id of the key's organization.",
          "required": true,
          "schema": {"type": "string", "pattern": "^\#(idPattern)$"},
          "example": "1"
        },
        "X-Keywright-Name": {
          "description": "The key's name, percent-encoded.",
          "required": true,
          "schema": {"type": "string", "pattern": "^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+$"},
          "example": "payments%20service"
        },
        "X-Keywright-Reason": {
          "description": "Why the request may not pass.",
          "required": true,
          "schema": {
            "type": "string",
            "enum": [
              "NO_CREDENTIAL", "TWO_CREDENTIALS", "NOT_FOUND", "DISABLED", "EXPIRED", "DELETED", "FORBIDDEN"
            ]
          },
          "example": "EXPIRED"
        },
        "Allow": {
          "description": "The methods that the path has.",
          "required": true,
          "schema": {"type": "string"},
          "example": "GET, HEAD, POST"
        }
        """#

    private static let valueParameters = #"""
        "ID": {
          "name": "id",
          "in": "path",
          "required": true,
          "description": "The id. What is no id names nothing: 404.",
          "schema": {"$ref": "#/components/schemas/ID"},
          "example": 57
        },
        "Limit": {
          "name": "limit",
          "in": "query",
          "description": "How many results at most; above 200 it is cut to 200.",
          "schema": {"type": "integer", "minimum": 1, "default": 30},
          "example": 50
        },
        "Offset": {
          "name": "offset",
          "in": "query",
          "description": "How many results to pass over.",
          "schema": {"type": "integer", "minimum": 0, "default": 0},
          "example": 0
        }
        """#

    private static let numbersAndTimes = #"""
        "ID": {
          "type": "integer",
          "format": "int64",
          "description": "An id, below 2^53 and never given twice.",
          "minimum": 1,
          "maximum": 9007199254740991
        },
        "IDInput": {
          "description": "An id as a number, or as digits in a string.",
          "oneOf": [
            {"$ref": "#/components/schemas/ID"},
            {"type": "string", "pattern": "^\#(idPattern)$"}
          ]
        },
        "OptionalIDInput": {
          "description": "An id. `null` and 0 count as left out.",
          "oneOf": [
            {"type": ["integer", "null"], "format": "int64", "minimum": 0, "maximum": 9007199254740991},
            {"type": "string", "pattern": "^(?:0|\#(idPattern))$"}
          ]
        },
        "Time": {
          "type": "string",
          "format": "date-time",
          "description": "RFC 3339 in UTC with milliseconds.",
          "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$"
        },
        "Paging": {
          "type": "object",
          "description": "Where a page lies in the whole list.",
          "required": ["offset", "limit", "total"],
          "properties": {
            "offset": {"type": "integer", "minimum": 0, "description": "How many results come before the page."},
            "limit": {
              "type": "integer", "minimum": 1, "maximum": 200, "description": "The most results a page holds."
            },
            "total": {
              "type": "integer", "minimum": 0, "description": "How many results there are, or 10000 when capped."
            },
            "total_is_capped": {
              "const": true, "description": "There are more results than `total`; absent otherwise."
            }
          },
          "additionalProperties": false
        }
        """#

    private static let texts = #"""
        "NRN": {
          "type": "string",
          "description": "The name of a resource: five levels in this order, or any prefix of them.",
          "pattern": "^\#(nrnPattern)$"
        },
        "Action": {
          "type": "string",
          "description": "Something that can be done: an entity and a verb. Platforms have actions of their own.",
          "pattern": "^[a-z][a-z0-9_]{0,39}:[a-z][a-z0-9_]{0,39}$"
        },
        "RoleSlug": {
          "type": "string",
          "description": "The slug of a role that exists.",
          "maxLength": 90,
          "pattern": "^[a-z0-9][a-z0-9._:-]*$"
        },
        "Slug": {
          "type": "string",
          "description": "Lower-case ASCII letters, digits, `-`, `_` and `.`, beginning with a letter or digit.",
          "maxLength": 70,
          "pattern": "^[a-z0-9][a-z0-9._-]*$"
        },
        "Name": {
          "type": "string",
          "description": "Any script, but no control, direction-changing or zero-width characters. Blanks around it
            are cut off.",
          "maxLength": 80,
          "pattern": "^\#(namePattern)$"
        },
        "FilterText": {
          "type": "string",
          "description": "Any text without control characters.",
          "pattern": "^[^\\u0000-\\u001f\\u007f]*$"
        },
        "Level": {
          "type": "string",
          "description": "A level of the tree of resources.",
          "enum": ["organization", "account", "namespace", "application", "scope"]
        },
        "UserType": {
          "type": "string",
          "description": "A person, or the machine user of an API key.",
          "enum": ["person", "machine"]
        }
        """#
}
