import KeywrightWire
import Testing

@Suite("The bodies of /user")
struct UserRequestTests {
    @Test("are written by clients as the server reads them")
    func roundTrips() throws {
        try expectRoundTrip(CreateUserRequest(email: "a@example.com"), #"{"email":"a@example.com"}"#)
        try expectRoundTrip(
            CreateUserRequest(
                email: "a@example.com", firstName: "A", lastName: "B", avatar: "https://example.com/a.png",
                organizationID: 3, type: "person"
            ),
            #"{"email":"a@example.com","first_name":"A","last_name":"B","avatar":"https://example.com/a.png","#
                + #""organization_id":3,"type":"person"}"#
        )
        try expectRoundTrip(
            UpdateUserRequest(
                email: "b@example.com", firstName: "A", lastName: "B", avatar: .null, organizationID: 3,
                status: "inactive"
            ),
            #"{"email":"b@example.com","first_name":"A","last_name":"B","avatar":null,"organization_id":3,"#
                + #""status":"inactive"}"#
        )
        try expectRoundTrip(SetUserStatusRequest(status: "inactive"), #"{"status":"inactive"}"#)
    }

    @Test("are taken with members that nobody knows")
    func unknownMembers() throws {
        let body = try json(#"{"email":"a@example.com","status":"active","id":7,"grants":[{}],"provider":1,"x":null}"#)
        #expect(try CreateUserRequest.decode(body) == CreateUserRequest(email: "a@example.com"))
        #expect(try UpdateUserRequest.decode(body) == UpdateUserRequest(email: "a@example.com", status: "active"))
        #expect(try SetUserStatusRequest.decode(body) == SetUserStatusRequest(status: "active"))
    }

    @Test(
        "take empty and null for left out where clients cannot leave out",
        arguments: [
            #"{"email":"","organization_id":0}"#,
            #"{"email":null,"organization_id":null,"first_name":null,"status":null}"#,
            #"{"email":"","organization_id":"0"}"#, "{}",
        ])
    func empties(_ body: String) throws {
        #expect(try UpdateUserRequest.decode(json(body)) == UpdateUserRequest())
    }

    @Test("clear the picture by null and by an empty text", arguments: ["null", #""""#])
    func avatar(_ value: String) throws {
        #expect(try UpdateUserRequest.decode(json(#"{"avatar":\#(value)}"#)).avatar == .null)
    }

    @Test("skip the rules for an empty text that counts as left out")
    func emptyUnchecked() throws {
        let checks = ValueChecks { _, _ in "This is never right." }
        #expect(
            try UpdateUserRequest.decode(json(#"{"email":"","avatar":""}"#), checks: checks)
                == UpdateUserRequest(avatar: .null))
        #expect(throws: WireErrors.self) { try UpdateUserRequest.decode(json(#"{"email":"a"}"#), checks: checks) }
    }

    @Test("name every wrong field", arguments: wrong)
    func wrongFields(_ body: String, _ create: [String], _ update: [String], _ status: [String]) throws {
        #expect(try KeywrightWireTests.wrongFields(CreateUserRequest.self, body) == create)
        #expect(try KeywrightWireTests.wrongFields(UpdateUserRequest.self, body) == update)
        #expect(try KeywrightWireTests.wrongFields(SetUserStatusRequest.self, body) == status)
    }
}

private let wrong: [(String, [String], [String], [String])] = [
    ("[]", [""], [""], [""]), ("{}", ["/email"], [], ["/status"]), (#"{"email":""}"#, ["/email"], [], ["/status"]),
    (
        #"{"email":1,"first_name":1,"last_name":1,"avatar":1,"organization_id":-1,"type":1,"status":1}"#,
        ["/email", "/first_name", "/last_name", "/avatar", "/organization_id", "/type"],
        ["/email", "/first_name", "/last_name", "/avatar", "/organization_id", "/status"], ["/status"]
    ),
]
