import KeywrightAPI
import KeywrightWire
import Testing

/// That the description of the API is whole, on its own; whether it is true is for the tests of the routes.
@Suite struct OpenAPIDocumentTests {
    @Test("the document is compact JSON in which no object has a member twice")
    func form() throws {
        let document = try DescribedAPI()
        #expect(try WireJSON.encode(document.root.value) == Array(OpenAPIDocument.json.utf8))
        #expect(document.root["openapi"]?.text == "3.1.0")
        #expect(document.root["info"]?["title"]?.text == "Keywright")
        #expect(document.root["info"]?["version"]?.text != nil)
    }

    @Test("every reference leads somewhere")
    func references() throws {
        let document = try DescribedAPI()
        let references = document.root.everything.compactMap { $0["$ref"]?.text }
        #expect(references.count > 500)
        for reference in Set(references) {
            #expect(document.target(of: reference) != nil, "\(reference) leads nowhere")
        }
    }

    @Test("every operation says what it is, under an id of its own")
    func operations() throws {
        let document = try DescribedAPI()
        let tags = Set(document.root["tags"]?.elements.compactMap { $0["name"]?.text } ?? [])
        #expect(Set(document.operations.compactMap(\.id)).count == document.operations.count)
        for operation in document.operations {
            #expect(operation.id != nil, "\(operation)")
            #expect(operation.node["summary"]?.text?.isEmpty == false, "\(operation)")
            #expect(operation.node["description"]?.text?.isEmpty == false, "\(operation)")
            let ownTags = operation.node["tags"]?.elements.compactMap(\.text) ?? []
            #expect(!ownTags.isEmpty && tags.isSuperset(of: ownTags), "\(operation)")
        }
    }

    @Test("every parameter is described, with an example, and those in a path are the path's own")
    func parameters() throws {
        let document = try DescribedAPI()
        for operation in document.operations {
            let parameters = operation.parameters(in: document)
            let names = parameters.map { "\($0["in"]?.text ?? "") \($0["name"]?.text ?? "")" }
            #expect(Set(names).count == names.count, "\(operation) has a parameter twice")
            for parameter in parameters {
                let name = parameter["name"]?.text ?? "?"
                #expect(parameter["description"]?.text?.isEmpty == false, "\(name) of \(operation)")
                #expect(parameter["schema"] != nil && parameter["example"] != nil, "\(name) of \(operation)")
            }
            let inPath = parameters.filter { $0["in"]?.text == "path" }
            let expected = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }
            #expect(inPath.compactMap { $0["name"]?.text }.map { "{\($0)}" } == expected.map(String.init))
            #expect(inPath.allSatisfy { $0["required"]?.value == .bool(true) })
        }
    }

    @Test("every operation succeeds in one way or another, and says how it is refused")
    func statuses() throws {
        let document = try DescribedAPI()
        for operation in document.operations {
            let statuses = Set(operation.answers(in: document).map(\.status))
            #expect(statuses.contains { (200..<300).contains($0) }, "\(operation)")
            #expect(!statuses.contains(500), "\(operation)")
            // What the transport refuses, it refuses on every path.
            #expect(statuses.isSuperset(of: [400, 408, 413, 414, 417, 431]), "\(operation)")
            // Whoever has a token may revoke it.
            let judgesCredential =
                operation.method == "post" && operation.path != "/revoke" || operation.id == "forwardAuth"
            #expect(statuses.contains(401) == (operation.isOpen ? judgesCredential : true), "\(operation)")
            // OAuth calls a body of another type an invalid request, like any other.
            let takesJSON = operation.node["requestBody"]?["content"]?["application/json"] != nil
            #expect(statuses.contains(415) == (takesJSON && !operation.isOpen), "\(operation)")
            #expect(statuses.contains(404) == (operation.path.contains("{id}") || operation.id == "createGrant"))
        }
    }

    @Test("every answer carries a request id, and refusals have one body, but where OAuth prescribes another")
    func answers() throws {
        let document = try DescribedAPI()
        let oauth: [Int: String] = [
            400: "OAuthRefusal", 401: "OAuthError", 403: "OAuthError", 429: "OAuthError", 503: "OAuthRefusal",
        ]
        for operation in document.operations {
            let takesForm = operation.node["requestBody"]?["content"]?["application/x-www-form-urlencoded"] != nil
            for (status, answer) in operation.answers(in: document) {
                #expect(answer["headers"]?["X-Request-Id"] != nil, "\(status) of \(operation)")
                let schema = answer["content"]?["application/json"]?["schema"]?["$ref"]?.text
                if status == 204 || status == 304 {
                    #expect(answer["content"] == nil, "\(operation)")
                } else if status >= 400 {
                    let name = (takesForm ? oauth[status] : nil) ?? "Problem"
                    #expect(schema == "#/components/schemas/\(name)", "\(status) of \(operation)")
                } else {
                    #expect(schema != nil, "\(status) of \(operation)")
                }
                if status == 401 { #expect(answer["headers"]?["WWW-Authenticate"] != nil) }
                if status == 429 { #expect(answer["headers"]?["Retry-After"] != nil) }
            }
        }
    }

    @Test("only what gives and takes credentials and what tells of the server is open")
    func access() throws {
        let document = try DescribedAPI()
        let open = document.operations.filter(\.isOpen).map(\.description)
        let expected: Set = [
            "POST /token", "POST /login", "GET /healthz", "GET /readyz", "GET /openapi.json", "GET /forward-auth",
            "POST /oauth/token", "POST /revoke", "GET /.well-known/jwks.json",
            "GET /.well-known/oauth-authorization-server",
        ]
        #expect(Set(open) == expected)
        #expect(document.root["security"]?.elements.first?["bearer"] != nil)
    }

    @Test("an API key's value is in the answer to its creation and in no other")
    func secret() throws {
        let document = try DescribedAPI()
        let holders = document.operations.flatMap { operation in
            operation.answers(in: document).filter { document.mentions("api_key", below: $0.answer) }
                .map { "\($0.status) of \(operation)" }
        }
        #expect(Set(holders) == ["201 of POST /api_key", "201 of POST /api-key"])
    }

    @Test("both spellings of /api_key are described alike")
    func spellings() throws {
        let document = try DescribedAPI()
        for operation in document.operations where operation.path.hasPrefix("/api_key") {
            let path = operation.path.replacing("/api_key", with: "/api-key")
            let other = try #require(
                document.operations.first { $0.path == path && $0.method == operation.method }
            )
            #expect(other.id == (operation.id ?? "") + "Alias")
            for member in ["summary", "tags", "parameters", "requestBody"] {
                #expect(other.node[member]?.value == operation.node[member]?.value, "\(member) of \(operation)")
            }
            #expect(other.answers(in: document).map(\.status) == operation.answers(in: document).map(\.status))
        }
    }
}
