// `/authz/grants`, `/authz/user_role` and `/user/{id}/grant`.

extension OpenAPIDocument {
    static let grants = Part(
        paths: grantPaths + "," + userGrantPaths, parameters: grantParameters,
        examples: grantExamples, schemas: grantSchemas + "," + userRolesSchema
    )

    private static let grantPaths = #"""
        "/authz/grants": {
          "post": {
            "operationId": "createGrant",
            "tags": ["Grants"],
            "summary": "Give a person a role",
            "description":
              "The resource exists, the role exists and fits the level and the type of user, and the caller holds
              `grant:create` there and may give the role (see creating an API key). 400 when the person holds the role
              there already, or 500 grants. 409 for the machine user of an API key, which is changed through the key.",
            "requestBody": \#(body("CreateGrant", examples: ["CreateGrant", "CreateGrantByRoleID"])),
            "responses": {
              "201": \#(answer("The grant.", "UserGrant", links: links(to: ["readGrant", "deleteGrant"]))),
              \#(refusals(401, 403, 404, 409, 415, 503, 507))
            }
          }
        },
        "/authz/grants/{id}": {
          "parameters": \#(parameters("ID")),
          "get": {
            "operationId": "readGrant",
            "tags": ["Grants"],
            "summary": "Read a grant",
            "description": "A grant is there for those who hold `grant:read` at its NRN; for all others it is absent.",
            "responses": {
              "200": \#(answer("The grant.", "UserGrant")),
              \#(refusals(401, 404, 503))
            }
          },
          "delete": {
            "operationId": "deleteGrant",
            "tags": ["Grants"],
            "summary": "Take a role from a person",
            "description":
              "Needs `grant:delete` there, and the right to give the role. 409 for the machine user of an API key, and
              for the last active administrator of the organization.",
            "responses": {
              "204": \#(emptyAnswer("The grant is gone.")),
              \#(refusals(401, 403, 404, 409, 503, 507))
            }
          }
        },
        "/authz/user_role": {
          "get": {
            "operationId": "listUserRoles",
            "tags": ["Grants"],
            "summary": "List who holds which role",
            "description":
              "Users with their grants, by id, as a bare array: of the users named, of all who hold a grant exactly at an
              NRN, or of all. Only grants that the caller may read (`grant:read` at their NRN), and the caller's own. The
              machine users of internal keys are there when they are named. 403 without `grant:read` anywhere, but for
              one's own.",
            "parameters": \#(parameters("GrantUser", "GrantNRN", "Limit", "Offset")),
            "responses": {
              "200": \#(answer("Users with their grants.", "UserRoles")),
              \#(refusals(401, 403, 503))
            }
          }
        }
        """#

    private static let userGrantPaths = #"""
        "/user/{id}/grant": {
          "parameters": \#(parameters("ID")),
          "post": {
            "operationId": "createUserGrants",
            "tags": ["Grants"],
            "summary": "Give a person several roles",
            "description":
              "All of them or none. The rules are those of giving one, but what the caller may not give is a 400 here.
              `cause.index` names the item that was refused.",
            "requestBody": \#(body("UserGrantRequests")),
            "responses": {
              "201": \#(answer("The new grants.", "UserGrants")),
              \#(refusals(401, 403, 404, 409, 415, 503, 507))
            }
          },
          "put": {
            "operationId": "replaceUserGrants",
            "tags": ["Grants"],
            "summary": "Replace all roles of a person",
            "description":
              "All or nothing; grants that stay keep their ids. Needs `grant:update` somewhere, besides what giving and
              taking each of the others needs. 409 when it would leave the organization without an active
              administrator.",
            "requestBody": \#(body("UserGrantRequests")),
            "responses": {
              "200": \#(answer("All grants that the person holds now.", "UserGrants")),
              "204": \#(emptyAnswer("The person holds no grant any more.")),
              \#(refusals(401, 403, 404, 409, 415, 503, 507))
            }
          }
        }
        """#

    private static let grantParameters = [
        filter("GrantUser", "user_id", "Of this user.", of: schema("ID"), example: "[7]"),
        filter("GrantNRN", "nrn", "Grants exactly here.", of: schema("NRN"), example: "[\"organization=1\"]"),
    ].joined(separator: ",")

    private static let grantExample = #"""
        {"id": 31, "user_id": 7, "role_id": 700317756, "role_slug": "developer", "nrn": "organization=1:account=2"}
        """#

    private static let grantExamples = #"""
        "UserGrant": {"summary": "A grant", "value": \#(grantExample)},
        "UserGrants": {"summary": "The grants of a person", "value": [\#(grantExample)]},
        "CreateGrant": {
          "summary": "By slug",
          "value": {"nrn": "organization=1:account=2", "user_id": 7, "role_slug": "developer"}
        },
        "CreateGrantByRoleID": {
          "summary": "By id",
          "value": {"nrn": "organization=1:account=2", "user_id": "7", "role_id": 704380989}
        },
        "UserGrantRequests": {
          "summary": "Two roles",
          "value": [
            {"nrn": "organization=1:account=2", "role_slug": "developer"},
            {"nrn": "organization=1", "role_id": 704380989}
          ]
        },
        "UserRoles": {
          "summary": "A person with a role",
          "value": [
            {
              "user_id": 7,
              "grants": [
                {
                  "id": 31,
                  "nrn": "organization=1:account=2",
                  "role": {
                    "id": 700317756, "name": "Developer", "slug": "developer", "level": null,
                    "description": "Build and deploy applications.", "can_assign_roles": []
                  }
                }
              ]
            }
          ]
        }
        """#

    /// The ways to name a role, with what else the object holds.
    private static func roleGiven(with more: String, required: String) -> String {
        [
            ("A role by slug", "role_slug", "RoleSlug", "role_id"), ("A role by id", "role_id", "IDInput", "role_slug"),
        ].map { title, member, schema, other in
            #"""
            {
              "type": "object",
              "title": "\#(title)",
              "required": [\#(required), "\#(member)"],
              "properties": {
                \#(more),
                "\#(member)": {"$ref": "#/components/schemas/\#(schema)"},
                "\#(other)": {"type": "null"}
              },
              "additionalProperties": false
            }
            """#
        }.joined(separator: ",")
    }

    private static let nrnMember = #"""
        "nrn": {"$ref": "#/components/schemas/NRN"}
        """#

    private static let userMember = #"""
        "user_id": {"$ref": "#/components/schemas/IDInput"}
        """#

    private static let grantSchemas = #"""
        "CreateGrant": {
          "description": "A role for a person at an NRN: exactly one of `role_slug` and `role_id`; `null` counts as
            left out.",
          "oneOf": [\#(roleGiven(with: nrnMember + "," + userMember, required: #""nrn", "user_id""#))]
        },
        "UserGrantRequests": {
          "type": "array",
          "description": "Roles for the user of the path, none of them twice.",
          "maxItems": 100,
          "uniqueItems": true,
          "items": {"oneOf": [\#(roleGiven(with: nrnMember, required: #""nrn""#))]}
        },
        "UserGrant": {
          "type": "object",
          "description": "A role that a user holds at an NRN.",
          "required": ["id", "user_id", "role_id", "role_slug", "nrn"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ID"},
            "user_id": {"$ref": "#/components/schemas/ID"},
            "role_id": {"$ref": "#/components/schemas/ID"},
            "role_slug": {"type": "string", "description": "As it was written."},
            "nrn": {"$ref": "#/components/schemas/NRN"}
          },
          "additionalProperties": false
        },
        "UserGrants": {
          "type": "array",
          "description": "Grants of one user.",
          "items": {"$ref": "#/components/schemas/UserGrant"}
        }
        """#

    private static let userRolesSchema = #"""
        "UserRoles": {
          "type": "array",
          "description": "Users, each with the grants that the caller may see.",
          "maxItems": 200,
          "items": {
            "type": "object",
            "required": ["user_id", "grants"],
            "properties": {
              "user_id": {"$ref": "#/components/schemas/ID"},
              "grants": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/GrantWithRole"}}
            },
            "additionalProperties": false
          }
        },
        "GrantWithRole": {
          "type": "object",
          "description": "A grant with its role.",
          "required": ["id", "nrn", "role"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ID"},
            "nrn": {"$ref": "#/components/schemas/NRN"},
            "role": {
              "type": "object",
              "required": ["id", "name", "slug", "level", "description", "can_assign_roles"],
              "properties": {
                "id": {"$ref": "#/components/schemas/ID"},
                "name": {"type": "string"},
                "slug": {"type": "string", "description": "As it was written."},
                "level": {"oneOf": [{"$ref": "#/components/schemas/Level"}, {"type": "null"}]},
                "description": {"type": "string"},
                "can_assign_roles": {"type": "array", "items": {"type": "string"}}
              },
              "additionalProperties": false
            }
          },
          "additionalProperties": false
        }
        """#
}
