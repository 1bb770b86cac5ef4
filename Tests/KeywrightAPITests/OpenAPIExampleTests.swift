import KeywrightAPI
import KeywrightWire
import Testing

/// That the examples of the OpenAPI document are what its schemas say, and what the server reads and writes.
@Suite struct OpenAPIExampleTests {
    @Test("every body has examples, and they are what its schema says")
    func examples() throws {
        let document = try DescribedAPI()
        for operation in document.operations {
            let request = operation.node["requestBody"].map { [(status: 0, answer: $0)] } ?? []
            for (status, holder) in request + operation.answers(in: document) {
                guard let content = holder["content"]?.members.first?.node else { continue }
                let schema = try #require(content["schema"], "\(status) of \(operation)")
                let examples = content["examples"]?.members ?? []
                #expect(!examples.isEmpty, "\(status) of \(operation) has no example")
                for (name, example) in examples {
                    let value = try #require(document.resolve(example)["value"], "\(name) of \(operation)")
                    let faults = document.faults(of: value, against: schema)
                    #expect(faults.isEmpty, "\(name), \(status) of \(operation): \(faults)")
                }
            }
        }
    }

    @Test("every parameter's and header's example is what its schema says")
    func smallExamples() throws {
        let document = try DescribedAPI()
        let kinds = ["parameters", "headers"].compactMap { document.root["components"]?[$0] }
        for (name, part) in kinds.flatMap(\.members) {
            let value = try #require(part["example"], "\(name)")
            let schema = try #require(part["schema"], "\(name)")
            #expect(document.faults(of: value, against: schema).isEmpty, "\(name)")
        }
    }

    @Test(
        "a value that is not what a schema says is noticed",
        arguments: [
            ("APIKey", "{}"), ("UserStatus", #"{"status":"gone"}"#), ("Tag", #"{"key":"a","value":"b","more":1}"#),
            ("User", #"{"id":"7"}"#), ("IDInput", "null"), ("Tags", "{}"), ("NRN", "5"),
        ])
    func faultsAreSeen(schema: String, text: String) throws {
        let document = try DescribedAPI()
        let value = DescribedAPI.Node(value: try StrictJSON.parse(text.utf8))
        let target = try #require(document.target(of: "#/components/schemas/\(schema)"))
        #expect(!document.faults(of: value, against: target).isEmpty)
    }

    @Test("what the server would write for an example of an answer is the example")
    func answers() throws {
        try check(APIKeyObject.self, "APIKey", "CreatedAPIKey")
        try check(ListEnvelope<APIKeyObject>.self, "APIKeyList")
        try check(TokenResponse.self, "TokenResponse")
        try check(VerifyResponse.self, "VerifyResponse")
        try check(VerifyBatchResponse.self, "VerifyBatchResponse")
        try check(ChangesResponse.self, "Changes")
        try check(OAuthTokenResponse.self, "OAuthTokenResponse")
        try check(IntrospectionResponse.self, "Introspection")
        try check(JWKSetObject.self, "SigningKeys")
        try check(AuthorizationServerMetadata.self, "AuthorizationServer")
        try check(OAuthErrorObject.self, "OAuthInvalid", "OAuthUnauthenticated", "OAuthForbidden", "OAuthUnavailable")
        try check(RoleObject.self, "Role")
        try check(ListEnvelope<RoleObject>.self, "RoleList")
        try check(UserGrantObject.self, "UserGrant")
        try check([UserGrantObject].self, "UserGrants")
        try check([UserRolesObject].self, "UserRoles")
        try check(UserObject.self, "User")
        try check(InvitationResponse.self, "InvitedUser")
        try check(PasswordResetResponse.self, "PasswordReset")
        try check(ResourceObject.self, "Organization", "Account", "Namespace", "Application", "Scope")
        try check(ListEnvelope<ResourceObject>.self, "OrganizationList", "ScopeList")
        try check(ListEnvelope<AuditEventObject>.self, "AuditEventList")
        try check(ProblemObject.self, "Invalid", "Unauthenticated", "Conflict", "KnownUser", "StorageFull")
    }

    @Test("the server reads every example of a request")
    func requests() throws {
        for name in ["CreateAPIKey", "CreateAPIKeyWithActions", "CreateAPIKeyWithInheritance"] {
            _ = try CreateAPIKeyRequest.decode(try example(name))
        }
        for name in ["UpdateAPIKey", "DisableAPIKey", "ClearAPIKeyTags"] {
            _ = try UpdateAPIKeyRequest.decode(try example(name))
        }
        _ = try TokenRequest.decode(try example("ExchangeAPIKey"))
        _ = try LoginRequest.decode(try example("ExchangeAPIKey"))
        _ = try TokenRequest.decode(try example("RenewToken"))
        for name in ["VerifyRequest", "VerifyTokenWithGrants"] { _ = try VerifyRequest.decode(try example(name)) }
        _ = try VerifyBatchRequest.decode(try example("VerifyBatchRequest"))
        _ = try CreateRoleRequest.decode(try example("CreateRole"))
        _ = try UpdateRoleRequest.decode(try example("UpdateRole"))
        _ = try UserGrantRequest.decode(try example("CreateGrant"))
        _ = try UserGrantRequest.decode(try example("CreateGrantByRoleID"))
        _ = try UserGrantItemRequest.decodeList(try example("UserGrantRequests"))
        _ = try CreateUserRequest.decode(try example("CreateUser"))
        _ = try UpdateUserRequest.decode(try example("UpdateUser"))
        _ = try SetUserStatusRequest.decode(try example("UserStatus"))
        for entity in ResourceEntity.allCases {
            _ = try UpdateResourceRequest.decode(try example("UpdateResource"), as: entity)
            guard entity != .organization else { continue }
            let name = "Create" + entity.rawValue.prefix(1).uppercased() + entity.rawValue.dropFirst()
            _ = try CreateResourceRequest.decode(try example(name), as: entity)
        }
    }

    private func example(_ name: String) throws -> JSONValue {
        let example = try DescribedAPI().target(of: "#/components/examples/\(name)")
        return try #require(example?["value"]?.value, "there is no example \(name)")
    }

    private func check<Value: Codable>(_ type: Value.Type, _ names: String...) throws {
        for name in names {
            let value = try example(name)
            let read = try WireJSON.decode(type, from: try WireJSON.encode(value))
            let written = try StrictJSON.parse(try WireJSON.encode(read))
            #expect(written.sorted == value.sorted, "\(name) is not what \(type) writes")
        }
    }
}

extension JSONValue {
    /// The same value with the members of all objects by name.
    fileprivate var sorted: JSONValue {
        switch self {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { JSONObject.Member($0.name, $0.value.sorted) }.sorted { $0.name < $1.name }
                )
            )
        case .array(let elements): .array(elements.map(\.sorted))
        default: self
        }
    }
}

extension DescribedAPI {
    /// What is wrong with a value by the keywords of a schema that say which members and types there are.
    ///
    /// Lengths, patterns and formats are left out, and of `oneOf` one at least must fit: enough to see that an example
    /// and its schema have parted.
    fileprivate func faults(of value: Node, against schema: Node, at place: String = "") -> [String] {
        var faults: [String] = []
        if let reference = schema["$ref"]?.text {
            faults +=
                target(of: reference).map { self.faults(of: value, against: $0, at: place) }
                ?? ["\(place): \(reference) leads nowhere"]
        }
        let types = (schema["type"].map { $0.elements.isEmpty ? [$0] : $0.elements } ?? []).compactMap(\.text)
        if !types.isEmpty && !types.contains(where: { value.value.isOfType($0) }) {
            faults.append("\(place): is not of type \(types.joined(separator: " or "))")
        }
        if let constant = schema["const"], constant.value != value.value { faults.append("\(place): another constant") }
        if let values = schema["enum"], !values.elements.contains(where: { $0.value == value.value }) {
            faults.append("\(place): not one of the values")
        }
        for part in schema["allOf"]?.elements ?? [] { faults += self.faults(of: value, against: part, at: place) }
        for keyword in ["oneOf", "anyOf"] {
            guard let parts = schema[keyword]?.elements else { continue }
            if !parts.contains(where: { self.faults(of: value, against: $0, at: place).isEmpty }) {
                faults.append("\(place): fits none of \(keyword)")
            }
        }
        if case .object = value.value {
            for name in schema["required"]?.elements.compactMap(\.text) ?? [] where value[name] == nil {
                faults.append("\(place): has no \(name)")
            }
            let properties = schema["properties"]
            for (name, member) in value.members {
                if let property = properties?[name] {
                    faults += self.faults(of: member, against: property, at: "\(place)/\(name)")
                } else if schema["additionalProperties"]?.value == .bool(false) {
                    faults.append("\(place): has \(name)")
                }
            }
        }
        if let items = schema["items"] {
            for (index, element) in value.elements.enumerated() {
                faults += self.faults(of: element, against: items, at: "\(place)/\(index)")
            }
        }
        return faults
    }
}

extension JSONValue {
    fileprivate func isOfType(_ type: String) -> Bool {
        switch self {
        case .object: type == "object"
        case .array: type == "array"
        case .string: type == "string"
        case .integer: type == "integer" || type == "number"
        case .number: type == "number"
        case .bool: type == "boolean"
        case .null: type == "null"
        }
    }
}
