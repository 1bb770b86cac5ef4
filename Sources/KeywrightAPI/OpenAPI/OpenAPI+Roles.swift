// `/role`.

extension OpenAPIDocument {
    static let roles = Part(
        paths: rolePaths,
        parameters: filter(
            "RoleSlugFilter", "slug", "The role has exactly this slug.", of: schema("FilterText"),
            example: "[\"member\"]"
        ),
        examples: roleExamples + "," + list(of: "Role", results: roleExample).examples,
        schemas: [roleSchema, roleRequestSchemas, list(of: "Role", results: "").schemas].joined(separator: ",")
    )

    private static let rolePaths = #"""
        "/role": {
          "get": {
            "operationId": "listRoles",
            "tags": ["Roles"],
            "summary": "List roles",
            "description": "The built-in roles first, then those of the organization. Needs `role:read` somewhere.",
            "parameters": \#(parameters("Limit", "Offset", "RoleSlugFilter")),
            "responses": {
              "200": \#(answer("A page of roles.", "RoleList")),
              \#(refusals(401, 403, 503))
            }
          },
          "post": {
            "operationId": "createRole",
            "tags": ["Roles"],
            "summary": "Create a role",
            "description":
              "A role of the caller's organization. Needs `role:create` at organization level, every action of the
              role there, and the right to give each role that it inherits or lets its holders give. 409 when there is a
              role with this slug, and when the organization has 200 roles of its own.",
            "requestBody": \#(body("CreateRole")),
            "responses": {
              "201": \#(answer("The role.", "Role", links: links(to: ["readRole", "updateRole", "deleteRole"]))),
              \#(refusals(401, 403, 409, 415, 503, 507))
            }
          }
        },
        "/role/{id}": {
          "parameters": \#(parameters("ID")),
          "get": {
            "operationId": "readRole",
            "tags": ["Roles"],
            "summary": "Read a role",
            "description": "Needs `role:read` somewhere.",
            "responses": {
              "200": \#(answer("The role.", "Role")),
              \#(refusals(401, 403, 404, 503))
            }
          },
          "patch": {
            "operationId": "updateRole",
            "tags": ["Roles"],
            "summary": "Change a role",
            "description":
              "Changes what everyone who holds the role may do. What is left out stays as it is; an array replaces the
              whole array. Needs `role:update` at organization level, and every action of the changed role there. 409
              for a built-in role, a slug that is taken, and for another slug while the role is granted.",
            "requestBody": \#(body("UpdateRole")),
            "responses": {
              "200": \#(answer("The role as it is now.", "Role")),
              \#(refusals(401, 403, 404, 409, 415, 503, 507))
            }
          },
          "delete": {
            "operationId": "deleteRole",
            "tags": ["Roles"],
            "summary": "Delete a role",
            "description":
              "Needs `role:delete` at organization level. 409 for a built-in role, and while the role is granted or
              another role refers to it.",
            "responses": {
              "204": \#(emptyAnswer("The role is deleted.")),
              \#(refusals(401, 403, 404, 409, 503, 507))
            }
          }
        }
        """#

    private static let roleExample = #"""
        {
          "id": 2000000001,
          "name": "Release manager",
          "slug": "release-manager",
          "description": "Makes releases.",
          "level": null,
          "user_type": "person",
          "actions": ["release:create", "release:update"],
          "inherits": ["member"],
          "can_assign_roles": [],
          "organization_id": 1,
          "created_at": "2026-01-01T00:00:00.000Z",
          "updated_at": "2026-01-01T00:00:00.000Z"
        }
        """#

    private static let roleExamples = #"""
        "Role": {"summary": "A role of an organization", "value": \#(roleExample)},
        "CreateRole": {
          "summary": "A role that adds actions to another one",
          "value": {
            "name": "Release manager",
            "slug": "release-manager",
            "description": "Makes releases.",
            "actions": ["release:create", "release:update"],
            "inherits": ["member"],
            "user_type": "person"
          }
        },
        "UpdateRole": {
          "summary": "Other actions, and for machines too",
          "value": {"actions": ["release:create", "release:update", "release:delete"], "user_type": null}
        }
        """#

    private static let roleSchema = #"""
        "Role": {
          "type": "object",
          "description": "A set of actions under a name.",
          "required": [
            "id", "name", "slug", "description", "level", "user_type", "actions", "inherits", "can_assign_roles",
            "organization_id"
          ],
          "properties": {
            "id": {"type": "integer", "format": "int64", "description": "It never changes."},
            "name": {"type": "string"},
            "slug": {"type": "string"},
            "description": {"type": "string"},
            "level": {
              "description": "The only level where it may be given; `null` for every level.",
              "oneOf": [{"$ref": "#/components/schemas/Level"}, {"type": "null"}]
            },
            "user_type": {
              "description": "The only type of user who may hold it; `null` for both.",
              "oneOf": [{"$ref": "#/components/schemas/UserType"}, {"type": "null"}]
            },
            "actions": {
              "type": "array", "description": "Its own actions, without the inherited ones.",
              "items": {"$ref": "#/components/schemas/Action"}
            },
            "inherits": {
              "type": "array", "description": "The slugs of the roles whose actions it has too.",
              "items": {"type": "string"}
            },
            "can_assign_roles": {
              "type": "array", "description": "The slugs of the roles that its holder may give.",
              "items": {"type": "string"}
            },
            "all_actions": {
              "const": true, "description": "Every action, also those that `actions` cannot list; absent otherwise."
            },
            "organization_id": {
              "type": ["integer", "null"], "format": "int64",
              "description": "The organization that made it; `null` for a built-in role."
            },
            "created_at": {"$ref": "#/components/schemas/Time", "description": "Absent for a built-in role."},
            "updated_at": {"$ref": "#/components/schemas/Time", "description": "Absent for a built-in role."}
          },
          "additionalProperties": false
        }
        """#

    private static let roleRequestSchemas = #"""
        "CreateRole": {
          "type": "object",
          "description": "A role to create, with an action or a role to inherit. `null` counts as left out.",
          "required": ["name", "slug"],
          "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "slug": {"$ref": "#/components/schemas/Slug"},
            "description": {"type": ["string", "null"], "maxLength": 500},
            "actions": {
              "type": ["array", "null"], "maxItems": 250,
              "items": {"$ref": "#/components/schemas/Action"}
            },
            "inherits": {
              "type": ["array", "null"], "maxItems": 250,
              "description": "No role that has every action, and no circle.",
              "items": {"$ref": "#/components/schemas/RoleSlug"}
            },
            "can_assign_roles": {
              "type": ["array", "null"], "maxItems": 250,
              "items": {"$ref": "#/components/schemas/RoleSlug"}
            },
            "level": {"oneOf": [{"$ref": "#/components/schemas/Level"}, {"type": "null"}]},
            "user_type": {"oneOf": [{"$ref": "#/components/schemas/UserType"}, {"type": "null"}]}
          },
          "anyOf": [
            {"required": ["actions"], "properties": {"actions": {"type": "array", "minItems": 1}}},
            {"required": ["inherits"], "properties": {"inherits": {"type": "array", "minItems": 1}}}
          ],
          "additionalProperties": false
        },
        "UpdateRole": {
          "type": "object",
          "description": "What shall be different about a role.",
          "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "slug": {"$ref": "#/components/schemas/Slug"},
            "description": {"type": ["string", "null"], "maxLength": 500},
            "actions": {
              "type": "array", "maxItems": 250, "items": {"$ref": "#/components/schemas/Action"}
            },
            "inherits": {
              "type": "array", "maxItems": 250, "items": {"$ref": "#/components/schemas/RoleSlug"}
            },
            "can_assign_roles": {
              "type": "array", "maxItems": 250, "items": {"$ref": "#/components/schemas/RoleSlug"}
            },
            "level": {"oneOf": [{"$ref": "#/components/schemas/Level"}, {"type": "null"}]},
            "user_type": {"oneOf": [{"$ref": "#/components/schemas/UserType"}, {"type": "null"}]}
          },
          "additionalProperties": false
        }
        """#
}
