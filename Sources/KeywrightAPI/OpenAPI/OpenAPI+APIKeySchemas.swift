// What API keys look like in requests and answers.

extension OpenAPIDocument {
    static let apiKeySchemas = Part(
        examples: [apiKeyExamples, apiKeyRequestExamples, list(of: "APIKey", results: apiKeyExample).examples]
            .joined(separator: ","),
        schemas: [
            apiKeyRequestSchemas, grantRequestSchemas, apiKeyAnswerSchemas,
            list(of: "APIKey", results: "").schemas,
        ].joined(separator: ",")
    )

    private static let apiKeyRequestSchemas = #"""
        "CreateAPIKey": {
          "type": "object",
          "description": "An API key to create.",
          "required": ["name", "grants"],
          "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "grants": {"$ref": "#/components/schemas/GrantRequests"},
            "tags": {"oneOf": [{"$ref": "#/components/schemas/Tags"}, {"type": "null"}]},
            "internal": {
              "type": ["boolean", "null"], "default": false,
              "description": "Lists leave the key out; it is read by its id."
            },
            "enabled": {"type": ["boolean", "null"], "default": true, "description": "Whether the key works at once."},
            "expires_at": {"$ref": "#/components/schemas/Expiry"}
          },
          "additionalProperties": false
        },
        "UpdateAPIKey": {
          "type": "object",
          "description": "What shall be different about an API key.",
          "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "grants": {"$ref": "#/components/schemas/GrantRequests"},
            "tags": {"$ref": "#/components/schemas/Tags"},
            "enabled": {"type": "boolean", "description": "Whether the key works."},
            "expires_at": {"$ref": "#/components/schemas/Expiry"}
          },
          "additionalProperties": false
        },
        "Expiry": {
          "type": ["string", "null"],
          "format": "date-time",
          "description": "When the key stops working: a time in the future (RFC 3339), or `null` for never."
        },
        "Tags": {
          "type": "array",
          "description": "Labels; each tag's key once.",
          "maxItems": 5,
          "uniqueItems": true,
          "items": {"$ref": "#/components/schemas/Tag"}
        },
        "Tag": {
          "type": "object",
          "description": "A label on an API key.",
          "required": ["key", "value"],
          "properties": {
            "key": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_./-]{0,62}$"},
            "value": {"type": "string", "minLength": 1, "maxLength": 63, "pattern": "^[^\#(invisible)]*$"}
          },
          "additionalProperties": false
        }
        """#

    private static let grantRequestSchemas = #"""
        "GrantRequests": {
          "type": "array",
          "description": "What the key may do: grants in one organization, none of them twice.",
          "minItems": 1,
          "maxItems": 100,
          "uniqueItems": true,
          "items": {"$ref": "#/components/schemas/GrantRequest"}
        },
        "GrantRequest": {
          "description": "A place and what holds there: exactly one of `role_slug`, `role_id`, `actions` and `inherits`
            (with optional changes in `actions`). `null` counts as left out.",
          "oneOf": [
            {
              "type": "object",
              "title": "A role by slug",
              "required": ["nrn", "role_slug"],
              "properties": {
                "nrn": {"$ref": "#/components/schemas/NRN"},
                "role_slug": {"$ref": "#/components/schemas/RoleSlug"},
                "role_id": {"type": "null"}, "actions": {"type": "null"}, "inherits": {"type": "null"}
              },
              "additionalProperties": false
            },
            {
              "type": "object",
              "title": "A role by id",
              "required": ["nrn", "role_id"],
              "properties": {
                "nrn": {"$ref": "#/components/schemas/NRN"},
                "role_id": {"$ref": "#/components/schemas/IDInput"},
                "role_slug": {"type": "null"}, "actions": {"type": "null"}, "inherits": {"type": "null"}
              },
              "additionalProperties": false
            },
            {
              "type": "object",
              "title": "Actions by name",
              "required": ["nrn", "actions"],
              "properties": {
                "nrn": {"$ref": "#/components/schemas/NRN"},
                "actions": {
                  "type": "array", "minItems": 1, "maxItems": 200, "items": {"$ref": "#/components/schemas/Action"}
                },
                "role_slug": {"type": "null"}, "role_id": {"type": "null"}, "inherits": {"type": "null"}
              },
              "additionalProperties": false
            },
            {
              "type": "object",
              "title": "The actions of roles, with changes",
              "required": ["nrn", "inherits"],
              "properties": {
                "nrn": {"$ref": "#/components/schemas/NRN"},
                "inherits": {
                  "type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/RoleSlug"}
                },
                "actions": {
                  "type": ["object", "null"],
                  "properties": {
                    "add": {"type": ["array", "null"], "items": {"$ref": "#/components/schemas/Action"}},
                    "remove": {"type": ["array", "null"], "items": {"$ref": "#/components/schemas/Action"}}
                  },
                  "additionalProperties": false
                },
                "role_slug": {"type": "null"}, "role_id": {"type": "null"}
              },
              "additionalProperties": false
            }
          ]
        }
        """#

    private static let apiKeyAnswerSchemas = #"""
        "APIKey": {
          "description": "An API key, without its value.",
          "allOf": [{"$ref": "#/components/schemas/APIKeyMembers"}],
          "unevaluatedProperties": false
        },
        "CreatedAPIKey": {
          "description": "An API key with its value, shown this once.",
          "allOf": [{"$ref": "#/components/schemas/APIKeyMembers"}],
          "required": ["api_key"],
          "properties": {
            "api_key": {
              "type": "string",
              "description": "The key itself. Keep it: it is not shown again.",
              "pattern": "^[a-z][a-z0-9]{1,11}_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}$"
            }
          },
          "unevaluatedProperties": false
        },
        "APIKeyMembers": {
          "type": "object",
          "description": "What every answer tells of an API key.",
          "required": [
            "id", "name", "masked_api_key", "tags", "grants", "owner_id", "user_id", "enabled", "expires_at",
            "last_used_at", "created_at", "updated_at"
          ],
          "properties": {
            "id": {"$ref": "#/components/schemas/ID"},
            "name": {"type": "string"},
            "masked_api_key": {
              "type": "string",
              "description": "The key without its secret: prefix, handle and the last four characters.",
              "pattern": "^[a-z][a-z0-9]{1,11}_[0-9A-Za-z]{12}_…[0-9A-Za-z]{4}$"
            },
            "tags": {"$ref": "#/components/schemas/Tags"},
            "grants": {
              "type": "array", "minItems": 1, "maxItems": 100, "items": {"$ref": "#/components/schemas/Grant"}
            },
            "owner_id": {
              "type": "integer", "format": "int64",
              "description": "The user who created the key: a person, or the machine user of the key that did."
            },
            "user_id": {
              "type": "integer", "format": "int64", "description": "The key's own machine user, which acts for it."
            },
            "enabled": {"type": "boolean", "description": "Whether the key works."},
            "expires_at": {
              "description": "When the key stops working; `null` for never.",
              "oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]
            },
            "last_used_at": {
              "description": "When the key was last used, at most a minute behind; `null` for never.",
              "oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]
            },
            "created_at": {"$ref": "#/components/schemas/Time"},
            "updated_at": {"$ref": "#/components/schemas/Time"}
          }
        },
        "Grant": {
          "type": "object",
          "description": "A grant of an API key. The last four members are there when it was given by actions or
            inheritance; its role is then private to the key.",
          "required": ["nrn", "role_id", "role_slug"],
          "properties": {
            "nrn": {"$ref": "#/components/schemas/NRN"},
            "role_id": {"type": "integer", "format": "int64"},
            "role_slug": {
              "type": "string", "description": "As it was written; `apikey:<key id>:<n>` for a private role."
            },
            "actions": {
              "type": "array", "description": "The effective actions.",
              "items": {"$ref": "#/components/schemas/Action"}
            },
            "inherits": {
              "type": "array",
              "description": "The inherited roles.",
              "items": {
                "type": "object",
                "required": ["id", "slug", "organization_id"],
                "properties": {
                  "id": {"type": "integer", "format": "int64"},
                  "slug": {"type": "string"},
                  "organization_id": {
                    "type": ["integer", "null"], "format": "int64",
                    "description": "The organization that made the role; `null` for a built-in one."
                  }
                },
                "additionalProperties": false
              }
            },
            "added": {
              "type": "array", "description": "The actions added to the inherited ones.",
              "items": {"$ref": "#/components/schemas/Action"}
            },
            "removed": {
              "type": "array", "description": "The actions removed from the inherited ones.",
              "items": {"$ref": "#/components/schemas/Action"}
            }
          },
          "dependentRequired": {"actions": ["inherits", "added", "removed"], "inherits": ["actions"]},
          "additionalProperties": false
        }
        """#
}
