// `/organization`, `/account`, `/namespace`, `/application` and `/scope`: five levels described by one function.

extension OpenAPIDocument {
    /// A level of the tree, as far as its routes differ from those of the others.
    struct ResourceLevel: Sendable {
        /// The word in paths, as in `namespace`.
        let name: String
        /// The word with its article.
        let one: String
        /// The level above; nil at the top, where nothing is created or deleted by the API.
        var parent: String?
        /// The status of a creation.
        var created = 201
        /// Whether a deletion answers with the resource.
        var isReturned = false
        /// The id in the example.
        let id: Int
        /// The NRN of the example.
        let nrn: String

        /// The name of the schema, as in `Namespace`.
        var schema: String { name.prefix(1).uppercased() + name.dropFirst() }
    }

    private static let levels: [ResourceLevel] = [
        ResourceLevel(name: "organization", one: "an organization", id: 1, nrn: "organization=1"),
        ResourceLevel(
            name: "account", one: "an account", parent: "organization", created: 200, isReturned: true, id: 2,
            nrn: "organization=1:account=2"
        ),
        ResourceLevel(
            name: "namespace", one: "a namespace", parent: "account", created: 200, id: 3,
            nrn: "organization=1:account=2:namespace=3"
        ),
        ResourceLevel(
            name: "application", one: "an application", parent: "namespace", id: 4,
            nrn: "organization=1:account=2:namespace=3:application=4"
        ),
        ResourceLevel(
            name: "scope", one: "a scope", parent: "application", id: 5,
            nrn: "organization=1:account=2:namespace=3:application=4:scope=5"
        ),
    ]

    static let resources = Part(
        paths: levels.map(paths(of:)).joined(separator: ","),
        parameters: ([resourceParameters] + levels.compactMap(parentParameter(of:))).joined(separator: ","),
        examples: ([sharedResourceExample] + levels.map(resourceExamples(of:))).joined(separator: ","),
        schemas: ([sharedResourceSchemas] + levels.map(resourceSchemas(of:))).joined(separator: ",")
    )

    // MARK: Paths

    private static func paths(of level: ResourceLevel) -> String {
        let (name, schema, one) = (level.name, level.schema, level.one)
        let filters =
            ["Limit", "Offset", "ResourceSlug", "ResourceName", "ResourceStatus"]
            + [level.parent].compactMap { $0.map(parentName) }
        let post = level.parent.map { #", "post": \#(creation(of: level, in: $0))"# } ?? ""
        let delete = level.parent == nil ? "" : #", "delete": \#(deletion(of: level))"#
        return #"""
            "/\#(name)": {
              "get": {
                "operationId": "list\#(schema)s",
                "tags": ["Resources"],
                "summary": "List \#(name)s",
                "description":
                  "What the caller may read (`\#(name):read`), by id, without what is deleted unless `status` asks for
                  it. 403 without that action anywhere. Parameters that are not known are ignored.",
                "parameters": \#(parameters(filters)),
                "responses": {
                  "200": \#(answer("A page of \(name)s.", "\(schema)List")),
                  \#(refusals(401, 403, 503))
                }
              }\#(post)
            },
            "/\#(name)/{id}": {
              "parameters": \#(parameters("ID")),
              "get": {
                "operationId": "read\#(schema)",
                "tags": ["Resources"],
                "summary": "Read \#(one)",
                "description":
                  "It is there for those who hold `\#(name):read` at it; for all others it is absent.",
                "parameters": \#(parameters("ShowDeleted")),
                "responses": {
                  "200": \#(answer("The \(name).", schema)),
                  \#(refusals(401, 404, 503))
                }
              },
              "patch": {
                "operationId": "update\#(schema)",
                "tags": ["Resources"],
                "summary": "Change \#(one)",
                "description":
                  "What is left out stays as it is; members that are not known are ignored. Needs `\#(name):update` at
                  it. 409 when a sibling has the slug.",
                "requestBody": \#(body("Update\(schema)", examples: ["UpdateResource"])),
                "responses": {
                  "200": \#(answer("The \(name) as it is now.", schema)),
                  \#(refusals(401, 403, 404, 409, 415, 503, 507))
                }
              }\#(delete)
            }
            """#
    }

    private static func creation(of level: ResourceLevel, in parent: String) -> String {
        let (name, schema) = (level.name, level.schema)
        let links = links(to: ["read\(schema)", "update\(schema)", "delete\(schema)"])
        return #"""
            {
              "operationId": "create\#(schema)",
              "tags": ["Resources"],
              "summary": "Create \#(level.one)",
              "description":
                "Needs `\#(name):create` at the \#(parent), which must exist (400). Members that are not known are
                ignored. 409 when a sibling has the slug.",
              "requestBody": \#(body("Create\(schema)")),
              "responses": {
                "\#(level.created)": \#(answer("The \(name).", schema, links: links)),
                \#(refusals(401, 403, 409, 415, 503, 507))
              }
            }
            """#
    }

    private static func deletion(of level: ResourceLevel) -> String {
        let success =
            level.isReturned
            ? #""200": \#(answer("The \(level.name), deleted.", level.schema))"#
            : #""204": \#(emptyAnswer("The \(level.name) is deleted."))"#
        return #"""
            {
              "operationId": "delete\#(level.schema)",
              "tags": ["Resources"],
              "summary": "Delete \#(level.one)",
              "description":
                "Grants on it stay listed and allow nothing; its slug is free again; its id is never given again. Needs
                `\#(level.name):delete` at it. 409 while there is something beneath it.",
              "responses": {\#(success), \#(refusals(401, 403, 404, 409, 503, 507))}
            }
            """#
    }

    // MARK: Parameters

    private static func parentName(_ parent: String) -> String { "ParentOf" + parent }

    private static func parentParameter(of level: ResourceLevel) -> String? {
        level.parent.map { parent in
            filter(
                parentName(parent), "\(parent)_id", "In this \(parent).", of: schema("ID"), example: "[\(level.id - 1)]"
            )
        }
    }

    private static let resourceParameters = #"""
        \#(filter("ResourceSlug", "slug", "It has exactly this slug.", of: schema("FilterText"), example: "[\"payments\"]")),
        "ResourceName": {
          "name": "name",
          "in": "query",
          "description": "It has exactly this name: all of the value, commas included.",
          "schema": {"$ref": "#/components/schemas/FilterText"},
          "example": "Payments"
        },
        \#(filter("ResourceStatus", "status", "It has this status.", of: schema("ResourceStatus"), example: "[\"active\"]")),
        "ShowDeleted": {
          "name": "show_deleted",
          "in": "query",
          "description": "Whether it is there also when it is deleted, with that status.",
          "schema": {"type": "boolean", "default": false},
          "example": false
        }
        """#
}
