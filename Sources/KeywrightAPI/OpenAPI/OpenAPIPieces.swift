// What the descriptions of several routes have in common, as functions that write it.

extension OpenAPIDocument {
    /// A successful answer with a body.
    ///
    /// - Parameters:
    ///   - schema: the schema of the body and the name of its example.
    ///   - headers: shared headers beside `X-Request-Id`, by their real names.
    ///   - links: what ``links(to:)`` gives; empty for none.
    static func answer(
        _ description: String, _ schema: String, headers: [String] = [], links: String = ""
    ) -> String {
        let linked = links.isEmpty ? "" : #", "links": \#(links)"#
        return #"""
            {
              "description": "\#(description)",
              "headers": \#(references(to: "headers", ["X-Request-Id"] + headers)),
              "content": \#(content(schema, examples: [schema]))\#(linked)
            }
            """#
    }

    /// A successful answer without a body.
    static func emptyAnswer(_ description: String) -> String {
        #"""
        {
          "description": "\#(description)",
          "headers": \#(references(to: "headers", ["X-Request-Id"]))
        }
        """#
    }

    /// A request's body, which must be there.
    ///
    /// - Parameter examples: names of shared examples; nil for the one that is called as the schema is.
    static func body(_ schema: String, examples: [String]? = nil) -> String {
        #"{"required": true, "content": \#(content(schema, examples: examples ?? [schema]))}"#
    }

    /// A request's body that is a form, which must be there.
    ///
    /// - Parameter examples: names of shared examples; nil for the one that is called as the schema is.
    static func form(_ schema: String, examples: [String]? = nil) -> String {
        let content = content(schema, examples: examples ?? [schema], type: "application/x-www-form-urlencoded")
        return #"{"required": true, "content": \#(content)}"#
    }

    /// JSON of a schema with shared examples.
    static func content(_ schema: String, examples: [String], type: String = "application/json") -> String {
        #"""
        {
          "\#(type)": {
            "schema": {"$ref": "#/components/schemas/\#(schema)"},
            "examples": \#(references(to: "examples", examples))
          }
        }
        """#
    }

    /// Links to operations on what an answer describes, which find its id in the body.
    static func links(to operations: [String]) -> String {
        let links = operations.map { operation in
            #"""
            "\#(operation)": {"operationId": "\#(operation)", "parameters": {"id": "$response.body#/id"}}
            """#
        }
        return "{\(links.joined(separator: ","))}"
    }

    /// The parameters of an operation: shared ones by name, in that order.
    static func parameters(_ names: String...) -> String { parameters(names) }

    static func parameters(_ names: [String]) -> String {
        let references = names.map { name in
            #"""
            {"$ref": "#/components/parameters/\#(name)"}
            """#
        }
        return "[\(references.joined(separator: ","))]"
    }

    /// A parameter of a list that takes several values, separated by commas; a result has one of them.
    ///
    /// - Parameters:
    ///   - key: what the document calls it.
    ///   - name: what requests call it.
    ///   - schema: the schema of one value.
    ///   - example: JSON of an array.
    static func filter(
        _ key: String, _ name: String, _ description: String, of schema: String, example: String
    ) -> String {
        #"""
        "\#(key)": {
          "name": "\#(name)",
          "in": "query",
          "description": "\#(description) Several values are separated by commas: one of them.",
          "style": "form",
          "explode": false,
          "schema": {"type": "array", "minItems": 1, "maxItems": 200, "items": \#(schema)},
          "example": \#(example)
        }
        """#
    }

    /// A reference to a shared schema.
    static func schema(_ name: String) -> String { ##"{"$ref": "#/components/schemas/\##(name)"}"## }

    /// An object whose members refer to shared parts of one kind that have the same names.
    static func references(to kind: String, _ names: [String]) -> String {
        let members = names.map { name in
            #"""
            "\#(name)": {"$ref": "#/components/\#(kind)/\#(name)"}
            """#
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// A page of a list, as a schema, and its example.
    ///
    /// - Parameters:
    ///   - element: the schema of what is listed.
    ///   - results: the example's results, separated by commas.
    static func list(of element: String, results: String) -> Part {
        Part(
            examples: #"""
                "\#(element)List": {
                  "summary": "A page of a list",
                  "value": {"paging": {"offset": 0, "limit": 30, "total": 1}, "results": [\#(results)]}
                }
                """#,
            schemas: #"""
                "\#(element)List": {
                  "type": "object",
                  "description": "One page of a list.",
                  "required": ["paging", "results"],
                  "properties": {
                    "paging": {"$ref": "#/components/schemas/Paging"},
                    "results": {
                      "type": "array",
                      "maxItems": 200,
                      "items": {"$ref": "#/components/schemas/\#(element)"}
                    }
                  },
                  "additionalProperties": false
                }
                """#
        )
    }
}
