// What verifications look like in requests and answers.

extension OpenAPIDocument {
    static let verificationRequestSchemas = #"""
        "VerifyRequest": {
          "type": "object",
          "description": "A credential, and what it shall be good for. `null` counts as left out.",
          "properties": {
            "api_key": {"type": ["string", "null"], "description": "A whole API key."},
            "access_token": {"type": ["string", "null"], "description": "An access token made from one."},
            "action": {
              "oneOf": [{"$ref": "#/components/schemas/Action"}, {"type": "null"}],
              "description": "What the credential is about to do."
            },
            "nrn": {
              "oneOf": [{"$ref": "#/components/schemas/NRN"}, {"type": "null"}],
              "description": "Where."
            },
            "tags": {
              "type": ["array", "null"], "maxItems": 5, "items": {"$ref": "#/components/schemas/Tag"},
              "description": "Tags that the key must carry, all of them; else `FORBIDDEN`."
            },
            "include": {
              "type": ["array", "null"], "items": {"const": "grants"},
              "description": "`grants` adds `grants`, `epochs` and `cache_until`, for a verifier that decides by itself."
            },
            "explain": {
              "type": ["boolean", "null"], "default": false, "description": "Adds `explanation`; needs an action."
            }
          },
          "allOf": [
            {
              "oneOf": [
                {
                  "required": ["api_key"],
                  "properties": {"api_key": {"type": "string"}, "access_token": {"type": "null"}}
                },
                {
                  "required": ["access_token"],
                  "properties": {"access_token": {"type": "string"}, "api_key": {"type": "null"}}
                }
              ]
            },
            {
              "oneOf": [
                {
                  "required": ["action", "nrn"],
                  "properties": {"action": {"type": "string"}, "nrn": {"type": "string"}}
                },
                {
                  "properties": {
                    "action": {"type": "null"}, "nrn": {"type": "null"}, "explain": {"enum": [false, null]}
                  }
                }
              ]
            }
          ],
          "additionalProperties": false
        },
        "VerifyBatchRequest": {
          "type": "object",
          "description": "Several verifications.",
          "required": ["checks"],
          "properties": {
            "checks": {
              "type": "array", "minItems": 1, "maxItems": 100,
              "items": {"$ref": "#/components/schemas/VerifyRequest"}
            }
          },
          "additionalProperties": false
        }
        """#

    static let verificationAnswerSchemas = #"""
        "VerifyResponse": {
          "type": "object",
          "description": "What was found. With `NOT_FOUND` all details are `null`, whatever the reason.",
          "required": [
            "valid", "code", "allowed", "key_id", "handle", "name", "organization_id", "user_id", "expires_at", "tags"
          ],
          "properties": {
            "valid": {"type": "boolean", "description": "Whether the credential itself is good; also when `FORBIDDEN`."},
            "code": {
              "type": "string",
              "description": "`FORBIDDEN`: the credential is good, but what was asked is not allowed.",
              "enum": ["VALID", "NOT_FOUND", "DISABLED", "EXPIRED", "DELETED", "FORBIDDEN"]
            },
            "allowed": {"type": ["boolean", "null"], "description": "Whether the action is; `null` when none was asked."},
            "key_id": {"oneOf": [{"$ref": "#/components/schemas/ID"}, {"type": "null"}]},
            "handle": {"type": ["string", "null"], "description": "The public part of the key."},
            "name": {"type": ["string", "null"], "description": "The key's name."},
            "organization_id": {"oneOf": [{"$ref": "#/components/schemas/ID"}, {"type": "null"}]},
            "user_id": {
              "oneOf": [{"$ref": "#/components/schemas/ID"}, {"type": "null"}],
              "description": "The key's machine user."
            },
            "expires_at": {
              "type": ["string", "null"], "format": "date-time",
              "description": "When the credential stops working; `null` for never."
            },
            "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}, "description": "The key's labels."},
            "grants": {
              "type": "array", "items": {"$ref": "#/components/schemas/VerifiedGrant"},
              "description": "What the key may do; when asked for, of a good credential."
            },
            "epochs": {"$ref": "#/components/schemas/Epochs"},
            "cache_until": {
              "type": "string", "format": "date-time",
              "description": "Until when `grants` may be used without asking again, unless the change feed says otherwise."
            },
            "explanation": {"$ref": "#/components/schemas/Explanation"}
          },
          "additionalProperties": false
        },
        "VerifyBatchResponse": {
          "type": "object",
          "description": "What was found of each, in the order of the request.",
          "required": ["results"],
          "properties": {
            "results": {
              "type": "array", "minItems": 1, "maxItems": 100,
              "items": {"$ref": "#/components/schemas/VerifyResponse"}
            }
          },
          "additionalProperties": false
        }
        """#

    static let explanationSchemas = #"""
        "VerifiedGrant": {
          "type": "object",
          "description": "Actions that hold at a resource and beneath it.",
          "required": ["nrn", "actions"],
          "properties": {
            "nrn": {"$ref": "#/components/schemas/NRN"},
            "actions": {
              "type": "array", "items": {"type": "string"},
              "description": "By name; `*` alone stands for every action there is or will be."
            },
            "except": {
              "type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Action"},
              "description": "What `*` leaves out; absent when that is nothing."
            }
          },
          "additionalProperties": false
        },
        "Epochs": {
          "type": "object",
          "description": "The numbers that an access token must carry to be good now.",
          "required": ["key", "organization"],
          "properties": {
            "key": {"type": "integer", "format": "int64"}, "organization": {"type": "integer", "format": "int64"}
          },
          "additionalProperties": false
        },
        "Explanation": {
          "type": "object",
          "description": "Why an action is allowed or not.",
          "required": ["reason", "grant", "sufficient"],
          "properties": {
            "reason": {"type": "string", "enum": ["granted", "missing_tags", "no_grant", "unknown_resource"]},
            "grant": {
              "oneOf": [
                {
                  "type": "object",
                  "description": "The grant that allows it, there or at an ancestor.",
                  "required": ["id", "nrn", "role_slug"],
                  "properties": {
                    "id": {"$ref": "#/components/schemas/ID"},
                    "nrn": {"$ref": "#/components/schemas/NRN"},
                    "role_slug": {"type": "string"}
                  },
                  "additionalProperties": false
                },
                {"type": "null"}
              ]
            },
            "sufficient": {
              "oneOf": [
                {
                  "type": "object",
                  "description": "One grant that would have allowed it: a role, or the action itself.",
                  "required": ["nrn"],
                  "properties": {
                    "nrn": {"$ref": "#/components/schemas/NRN"},
                    "role_slug": {"type": "string"},
                    "actions": {"type": "array", "items": {"$ref": "#/components/schemas/Action"}}
                  },
                  "additionalProperties": false
                },
                {"type": "null"}
              ]
            }
          },
          "additionalProperties": false
        }
        """#
}
