import KeywrightWire
import Testing

@Suite("The bodies of /role")
struct RoleRequestTests {
    @Test("are written by clients as the server reads them")
    func roundTrips() throws {
        try expectRoundTrip(
            CreateRoleRequest(
                name: "Deployer", slug: "deployer", description: "d", actions: ["a:b"], inherits: ["member"],
                canAssignRoles: ["member"], level: "account", userType: "machine"
            ),
            #"{"name":"Deployer","slug":"deployer","description":"d","actions":["a:b"],"inherits":["member"],"#
                + #""can_assign_roles":["member"],"level":"account","user_type":"machine"}"#
        )
        try expectRoundTrip(UpdateRoleRequest(), "{}")
        try expectRoundTrip(
            UpdateRoleRequest(
                name: "n", slug: "s", description: .null, actions: [], inherits: [], canAssignRoles: [], level: .null,
                userType: .value("person")
            ),
            #"{"name":"n","slug":"s","description":null,"actions":[],"inherits":[],"can_assign_roles":[],"#
                + #""level":null,"user_type":"person"}"#
        )
    }

    @Test("take null for what may be left out at creation")
    func nulls() throws {
        let body =
            #"{"name":"a","slug":"b","description":null,"actions":null,"inherits":null,"#
            + #""can_assign_roles":null,"level":null,"user_type":null}"#
        #expect(try CreateRoleRequest.decode(json(body)) == CreateRoleRequest(name: "a", slug: "b"))
    }

    @Test("name every wrong field of a creation", arguments: wrongCreations)
    func wrongCreation(_ body: String, _ pointers: [String]) throws {
        #expect(try wrongFields(CreateRoleRequest.self, body) == pointers)
    }

    @Test("name every wrong field of a change", arguments: wrongUpdates)
    func wrongUpdate(_ body: String, _ pointers: [String]) throws {
        #expect(try wrongFields(UpdateRoleRequest.self, body) == pointers)
    }
}

private let wrongCreations: [(String, [String])] = [
    ("{}", ["/name", "/slug"]),
    (
        #"{"name":1,"slug":1,"description":1,"actions":1,"inherits":1,"can_assign_roles":1,"level":1,"user_type":1}"#,
        ["/name", "/slug", "/description", "/actions", "/inherits", "/can_assign_roles", "/level", "/user_type"]
    ),
    (
        #"{"name":"a","slug":"b","actions":[1],"inherits":[""],"can_assign_roles":[{}]}"#,
        ["/actions/0", "/inherits/0", "/can_assign_roles/0"]
    ),
    (
        #"{"name":"a","slug":"b","id":1,"organization_id":1,"all_actions":true,"created_at":"x","#
            + #""updated_at":"x","other":1}"#,
        ["/id", "/organization_id", "/all_actions", "/created_at", "/updated_at", "/other"]
    ),
]

private let wrongUpdates: [(String, [String])] = [
    (
        #"{"name":null,"slug":null,"actions":null,"inherits":null,"can_assign_roles":null}"#,
        ["/name", "/slug", "/actions", "/inherits", "/can_assign_roles"]
    ),
    (#"{"description":1,"level":1,"user_type":1,"id":1}"#, ["/description", "/level", "/user_type", "/id"]),
]
