// What resources look like in requests and answers, and examples of them.

extension OpenAPIDocument {
    static let sharedResourceSchemas = #"""
        "ResourceNameInput": {
          "type": "string",
          "description": "Any script, but no control, direction-changing or zero-width characters. Blanks around it
            are cut off.",
          "maxLength": 60,
          "pattern": "^\#(namePattern)$"
        },
        "ResourceSlugInput": {
          "description": "A slug. `null` and an empty text count as left out.",
          "oneOf": [{"$ref": "#/components/schemas/Slug"}, {"type": ["string", "null"], "maxLength": 0}]
        },
        "ResourceStatus": {
          "type": "string",
          "description": "Whether a resource is in use.",
          "enum": ["active", "inactive", "deleted"]
        }
        """#

    static let sharedResourceExample = #"""
        "UpdateResource": {"summary": "Another name", "value": {"name": "Payments and billing"}}
        """#

    /// The schemas of a level's resources, of a page of them, and of what its requests take.
    static func resourceSchemas(of level: ResourceLevel) -> String {
        [answerSchema(of: level), list(of: level.schema, results: "").schemas, changeSchema(of: level)]
            .joined(separator: ",") + (level.parent.map { "," + creationSchema(of: level, in: $0) } ?? "")
    }

    private static func answerSchema(of level: ResourceLevel) -> String {
        let parent = level.parent
        let required = parent.map { #", "\#($0)_id""# } ?? ""
        let member = parent.map { parent in
            #"""
            "\#(parent)_id": {
              "type": "integer", "format": "int64", "description": "The \#(parent) it lies in."
            },
            """#
        }
        return #"""
            "\#(level.schema)": {
              "type": "object",
              "description": "\#(level.one.prefix(1).uppercased() + level.one.dropFirst()).",
              "required": ["id", "name", "slug", "status", "nrn", "created_at", "updated_at"\#(required)],
              "properties": {
                \#(member ?? "")
                "id": {"$ref": "#/components/schemas/ID"},
                "name": {"type": "string"},
                "slug": {"type": "string", "description": "Unique among siblings that are not deleted."},
                "status": {"$ref": "#/components/schemas/ResourceStatus"},
                "nrn": {"$ref": "#/components/schemas/NRN"},
                "created_at": {"$ref": "#/components/schemas/Time"},
                "updated_at": {"$ref": "#/components/schemas/Time"}
              },
              "additionalProperties": false
            }
            """#
    }

    private static func changeSchema(of level: ResourceLevel) -> String {
        let member = level.parent.map { parent in
            #"""
            ,
            "\#(parent)_id": {
              "$ref": "#/components/schemas/OptionalIDInput",
              "description": "Ignored: resources do not move."
            }
            """#
        }
        return #"""
            "Update\#(level.schema)": {
              "type": "object",
              "description": "What shall be different. `null` counts as left out.",
              "properties": {
                "name": {"oneOf": [{"$ref": "#/components/schemas/ResourceNameInput"}, {"type": "null"}]},
                "slug": {"$ref": "#/components/schemas/ResourceSlugInput"},
                "status": {"enum": ["active", "inactive", "", null], "description": "Empty counts as left out."}
                \#(member ?? "")
              },
              "additionalProperties": true
            }
            """#
    }

    private static func creationSchema(of level: ResourceLevel, in parent: String) -> String {
        // An account lies in the caller's organization unless it says where.
        let isOptional = parent == "organization"
        return #"""
            "Create\#(level.schema)": {
              "type": "object",
              "description": "What shall be created.",
              "required": ["name"\#(isOptional ? "" : #", "\#(parent)_id""#)],
              "properties": {
                "name": {"$ref": "#/components/schemas/ResourceNameInput"},
                "slug": {
                  "$ref": "#/components/schemas/ResourceSlugInput",
                  "description": "When left out, it is made of the ASCII letters and digits of the name."
                },
                "\#(parent)_id": {
                  "$ref": "#/components/schemas/\#(isOptional ? "OptionalIDInput" : "IDInput")",
                  "description": "The \#(parent) it lies in\#(isOptional ? "; the caller's when left out" : "")."
                },
                "status": {"type": ["string", "null"], "description": "Ignored: what is created is active."}
              },
              "additionalProperties": true
            }
            """#
    }

    /// Examples of a resource of a level, of a page of them, and of a creation.
    static func resourceExamples(of level: ResourceLevel) -> String {
        let (name, schema) = (level.name, level.schema)
        let parent = level.parent.map { #""\#($0)_id": \#(level.id - 1), "# } ?? ""
        let value = #"""
            {
              "id": \#(level.id), "name": "Payments", "slug": "payments", "status": "active", "nrn": "\#(level.nrn)",
              \#(parent)"created_at": "2026-01-01T00:00:00.000Z", "updated_at": "2026-01-01T00:00:00.000Z"
            }
            """#
        let examples = [
            #""\#(schema)": {"summary": "The \#(name) Payments", "value": \#(value)}"#,
            list(of: schema, results: value).examples,
            level.parent.map { _ in
                #""Create\#(schema)": {"summary": "The \#(name) Payments", "value": {\#(parent)"name": "Payments"}}"#
            },
        ]
        return examples.compactMap { $0 }.joined(separator: ",")
    }
}
