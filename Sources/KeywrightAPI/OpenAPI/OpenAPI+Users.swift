// `/user`.

extension OpenAPIDocument {
    static let users = Part(
        paths: userPaths + "," + oneUserPaths, parameters: userParameters,
        examples: userExamples + "," + list(of: "User", results: userExample).examples,
        schemas: [userSchemas, userRequestSchemas, list(of: "User", results: "").schemas].joined(separator: ",")
    )

    private static let userPaths = #"""
        "/user": {
          "get": {
            "operationId": "listUsers",
            "tags": ["Users"],
            "summary": "List users",
            "description":
              "People, by id; with `type=machine` the machine users of API keys but internal ones. Needs `user:read` at organization
              level. Parameters that are not known are ignored.",
            "parameters": \#(parameters(
                "Limit", "Offset", "UserIDs", "UserEmail", "UserTypeFilter", "UserStatusFilter", "OrganizationFilter"
            )),
            "responses": {
              "200": \#(answer("A page of users.", "UserList")),
              \#(refusals(401, 403, 503))
            }
          },
          "post": {
            "operationId": "createUser",
            "tags": ["Users"],
            "summary": "Add a person",
            "description":
              "The person can sign in once a password reset link was used. Needs `user:create` at organization level.
              Members that are not known are ignored. 409 when somebody has the address: `id` is that user, if they are
              of the caller's organization.",
            "requestBody": \#(body("CreateUser")),
            "responses": {
              "201": \#(answer("The person.", "User", links: links(to: ["readUser", "updateUser"]))),
              "409": \#(knownUser),
              \#(refusals(401, 403, 415, 503, 507))
            }
          }
        },
        "/user/invite": {
          "post": {
            "operationId": "inviteUser",
            "tags": ["Users"],
            "summary": "Invite a person",
            "description":
              "Adds a person, with a link by which they choose a password: it works once, for seven days. Otherwise as
              adding one.",
            "requestBody": \#(body("CreateUser")),
            "responses": {
              "200": \#(answer("The person, and the link.", "InvitedUser")),
              "409": \#(knownUser),
              \#(refusals(401, 403, 415, 503, 507))
            }
          }
        }
        """#

    private static let oneUserPaths = #"""
        "/user/{id}": {
          "parameters": \#(parameters("ID")),
          "get": {
            "operationId": "readUser",
            "tags": ["Users"],
            "summary": "Read a user",
            "description":
              "A user is there for those who hold `user:read` at organization level, and for themselves; for all others
              they are absent.",
            "responses": {
              "200": \#(answer("The user.", "User")),
              \#(refusals(401, 404, 503))
            }
          },
          "patch": {
            "operationId": "updateUser",
            "tags": ["Users"],
            "summary": "Change a person",
            "description":
              "What is left out stays as it is; members that are not known are ignored. Needs `user:update` at
              organization level and, for the address and the status, every action that the person holds. 409 for a
              machine user, an address that is taken, and for the last active administrator's status.",
            "requestBody": \#(body("UpdateUser")),
            "responses": {
              "200": \#(answer("The person as they are now.", "User")),
              "409": \#(knownUser),
              \#(refusals(401, 403, 404, 415, 503, 507))
            }
          },
          "put": {
            "operationId": "setUserStatus",
            "tags": ["Users"],
            "summary": "Activate or deactivate a person",
            "description":
              "As changing the status alone. Deactivating ends the person's sessions and leaves the API keys that they
              created as they are.",
            "requestBody": \#(body("UserStatus")),
            "responses": {
              "200": \#(answer("The person as they are now.", "User")),
              \#(refusals(401, 403, 404, 409, 415, 503, 507))
            }
          }
        },
        "/user/{id}/password_reset": {
          "parameters": \#(parameters("ID")),
          "post": {
            "operationId": "resetPassword",
            "tags": ["Users"],
            "summary": "Reset a person's password",
            "description":
              "Gives a link by which the person chooses a new password: it works once, for a day. The old password and
              all sessions stop working at once. Needs `user:update` at organization level, and every action that the
              person holds. Takes no body. 409 for a machine user and for a person who is not active.",
            "responses": {
              "201": \#(answer("The link.", "PasswordReset")),
              \#(refusals(401, 403, 404, 409, 503, 507))
            }
          }
        }
        """#

    /// The 409 that names the user who is in the way.
    private static let knownUser = #"""
        {
          "description": "Somebody has the address already: `id` is that user; or another conflict.",
          "headers": \#(references(to: "headers", ["X-Request-Id"])),
          "content": \#(content("Problem", examples: ["KnownUser", "Conflict"]))
        }
        """#

    private static let userParameters = #"""
        \#(filter("UserIDs", "id", "It is this user.", of: schema("ID"), example: "[7, 8]")),
        \#(filter("UserEmail", "email", "The user has exactly this address, without regard to case.", of: schema("FilterText"), example: "[\"ada@example.com\"]")),
        "UserTypeFilter": {
          "name": "type",
          "in": "query",
          "description": "People, or the machine users of API keys.",
          "schema": {"$ref": "#/components/schemas/UserType", "default": "person"},
          "example": "person"
        },
        \#(filter(
            "UserStatusFilter", "status", "Whether the user may act.",
            of: #"{"type": "string", "enum": ["active", "inactive"]}"#, example: "[\"active\"]"
        )),
        \#(filter("OrganizationFilter", "organization_id", "In this organization: where the caller's is not named, the list is empty.", of: schema("ID"), example: "[1]"))
        """#

    private static let userExample = "{\(userExampleMembers)}"

    private static let userExampleMembers = #"""
        "id": 7, "email": "ada@example.com", "first_name": "Ada", "last_name": "Example", "avatar": null,
        "organization_id": 1, "status": "active", "type": "person", "provider": "keywright"
        """#

    private static let userExamples = #"""
        "User": {"summary": "A person", "value": \#(userExample)},
        "InvitedUser": {
          "summary": "A person with a link",
          "value": {
            \#(userExampleMembers),
            "invitation_url": "https://keys.example.com/invitation?token=AAAAAAAAAAAAAAAAAAAAAA"
          }
        },
        "PasswordReset": {
          "summary": "A link",
          "value": {"reset_url": "https://keys.example.com/invitation?token=AAAAAAAAAAAAAAAAAAAAAA"}
        },
        "CreateUser": {
          "summary": "A person",
          "value": {"email": "grace@example.com", "first_name": "Grace", "last_name": "Example"}
        },
        "UpdateUser": {"summary": "Another name", "value": {"last_name": "Sample"}},
        "UserStatus": {"summary": "Deactivate", "value": {"status": "inactive"}},
        "KnownUser": {
          "summary": "The user already exists",
          "value": {
            "message": "The user already exists", "type": "about:blank", "title": "Conflict", "status": 409,
            "detail": "The user already exists", "code": "conflict", "id": 7
          }
        }
        """#

    private static let userSchemas = #"""
        "User": {
          "description": "A person, or the machine user of an API key.",
          "allOf": [{"$ref": "#/components/schemas/UserMembers"}],
          "unevaluatedProperties": false
        },
        "InvitedUser": {
          "description": "A person with the link that lets them in, shown this once.",
          "allOf": [{"$ref": "#/components/schemas/UserMembers"}],
          "required": ["invitation_url"],
          "properties": {
            "invitation_url": {
              "type": "string", "format": "uri", "description": "It works once, for seven days."
            }
          },
          "unevaluatedProperties": false
        },
        "UserMembers": {
          "type": "object",
          "description": "What every answer tells of a user.",
          "required": [
            "id", "email", "first_name", "last_name", "avatar", "organization_id", "status", "type", "provider"
          ],
          "properties": {
            "id": {"$ref": "#/components/schemas/ID"},
            "email": {"type": ["string", "null"], "description": "In lower case; `null` for a machine user."},
            "first_name": {"type": "string", "description": "For a machine user, the name of its API key."},
            "last_name": {"type": "string"},
            "avatar": {"type": ["string", "null"], "description": "The address of a picture; `null` for none."},
            "organization_id": {"$ref": "#/components/schemas/ID"},
            "status": {"type": "string", "enum": ["active", "inactive"]},
            "type": {"$ref": "#/components/schemas/UserType"},
            "provider": {"type": "string", "description": "Who vouches for the user's identity."}
          }
        },
        "PasswordReset": {
          "type": "object",
          "description": "The link by which a person chooses a new password, shown this once.",
          "required": ["reset_url"],
          "properties": {"reset_url": {"type": "string", "format": "uri"}},
          "additionalProperties": false
        }
        """#

    /// What no part of an address may hold.
    private static let notInEmail = #"[^@<>()\\[\\]\\\\,;:\"\\u0020\#(invisible)]"#

    private static let userRequestSchemas = #"""
        "CreateUser": {
          "type": "object",
          "description": "A person to add. `null` counts as left out.",
          "required": ["email"],
          "properties": {
            "email": {"$ref": "#/components/schemas/Email"},
            "first_name": {"$ref": "#/components/schemas/PersonName"},
            "last_name": {"$ref": "#/components/schemas/PersonName"},
            "avatar": {"$ref": "#/components/schemas/Avatar"},
            "organization_id": {
              "$ref": "#/components/schemas/OptionalIDInput", "description": "No other than the caller's."
            },
            "type": {"enum": ["person", null], "description": "A machine user comes with its API key."}
          },
          "additionalProperties": true
        },
        "UpdateUser": {
          "type": "object",
          "description": "What shall be different about a person. `null`, and an empty `email`, count as left out; but
            `avatar` as `null` or empty takes the picture away.",
          "properties": {
            "email": {
              "oneOf": [{"$ref": "#/components/schemas/Email"}, {"type": ["string", "null"], "maxLength": 0}]
            },
            "first_name": {"$ref": "#/components/schemas/PersonName"},
            "last_name": {"$ref": "#/components/schemas/PersonName"},
            "avatar": {"$ref": "#/components/schemas/Avatar"},
            "organization_id": {
              "$ref": "#/components/schemas/OptionalIDInput", "description": "No other than the person's."
            },
            "status": {"enum": ["active", "inactive", null]}
          },
          "additionalProperties": true
        },
        "UserStatus": {
          "type": "object",
          "description": "Whether a person may act.",
          "required": ["status"],
          "properties": {"status": {"type": "string", "enum": ["active", "inactive"]}},
          "additionalProperties": true
        },
        "Email": {
          "type": "string",
          "description": "An address, kept in lower case: at most 254 bytes, 64 of them before the `@`.",
          "maxLength": 254,
          "pattern": "^\#(notInEmail){1,64}@\#(notInEmail)+$"
        },
        "PersonName": {
          "type": ["string", "null"],
          "description": "A name, or nothing.",
          "maxLength": 80,
          "pattern": "^(?:\#(namePattern))?$"
        },
        "Avatar": {
          "type": ["string", "null"],
          "description": "The address of a picture, at most 500 bytes; empty for none.",
          "maxLength": 500,
          "pattern": "^(?:https://[\\s\\S]*)?$"
        }
        """#
}
