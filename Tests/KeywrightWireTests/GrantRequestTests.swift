import KeywrightWire
import Testing

@Suite("A grant of a key in a request")
struct GrantRequestTests {
    @Test("is written by clients as the server reads it", arguments: shapes)
    func roundTrip(_ permission: GrantRequest.Permission, _ members: String) throws {
        try expectRoundTrip(GrantRequest(nrn: "organization=1", permission), #"{"nrn":"organization=1",\#(members)}"#)
    }

    @Test("may spell ids as digits, repeat nulls and leave parts of the changes out", arguments: variants)
    func variant(_ members: String, _ permission: GrantRequest.Permission) throws {
        let request = try GrantRequest.decode(json(#"{"nrn":"organization=1",\#(members)}"#))
        #expect(request == GrantRequest(nrn: "organization=1", permission))
    }

    @Test("names every wrong field", arguments: wrong)
    func wrongFields(_ members: String, _ pointers: [String]) throws {
        #expect(try KeywrightWireTests.wrongFields(GrantRequest.self, "{\(members)}") == pointers)
    }

    @Test("says that an empty slug must not be empty")
    func emptySlug() throws {
        do throws(WireErrors) {
            let grant = JSONObject([.init("nrn", .string("organization=1")), .init("role_slug", .string(""))])
            _ = try GrantRequest.decode(.object(grant))
            Issue.record("The grant was taken.")
        } catch {
            #expect(error.errors == [FieldError(pointer: "/role_slug", message: "role_slug must not be empty.")])
        }
    }
}

private let shapes: [(GrantRequest.Permission, String)] = [
    (.role(.slug("account:admin")), #""role_slug":"account:admin""#),
    (.role(.id(704_380_989)), #""role_id":704380989"#),
    (.actions(["a:b", "c:d"]), #""actions":["a:b","c:d"]"#), (.actions([]), #""actions":[]"#),
    (.inherits(["member"], add: [], remove: []), #""inherits":["member"]"#),
    (
        .inherits(["member", "ops"], add: ["a:b"], remove: ["c:d"]),
        #""inherits":["member","ops"],"actions":{"add":["a:b"],"remove":["c:d"]}"#
    ),
]

private let variants: [(String, GrantRequest.Permission)] = [
    (#""role_id":"704380989""#, .role(.id(704_380_989))),
    (#""role_slug":"a","role_id":null,"actions":null,"inherits":null"#, .role(.slug("a"))),
    (#""inherits":["a"],"actions":null"#, .inherits(["a"], add: [], remove: [])),
    (#""inherits":["a"],"actions":{}"#, .inherits(["a"], add: [], remove: [])),
    (#""inherits":["a"],"actions":{"add":null,"remove":["x:y"]}"#, .inherits(["a"], add: [], remove: ["x:y"])),
]

private let wrong: [(String, [String])] = [
    ("", ["/nrn", ""]), (#""nrn":"a""#, [""]), (#""nrn":null,"role_slug":"a""#, ["/nrn"]),
    (#""nrn":"a","role_slug":null"#, [""]), (#""nrn":"a","role_slug":1"#, ["/role_slug"]),
    (#""nrn":"a","role_slug":"a","role_id":1"#, [""]), (#""nrn":"a","role_slug":"","role_id":1"#, ["/role_slug", ""]),
    (#""nrn":"a","role_slug":"a","actions":["a:b"]"#, [""]), (#""nrn":"a","role_id":1,"inherits":["a"]"#, [""]),
    (#""nrn":"a","role_slug":"a","inherits":["a"],"actions":{}"#, [""]),
    (#""nrn":"a","role_id":0"#, ["/role_id"]), (#""nrn":"a","role_id":1.0"#, ["/role_id"]),
    (#""nrn":"a","role_id":"x""#, ["/role_id"]), (#""nrn":"a","actions":{"add":[]}"#, ["/actions"]),
    (#""nrn":"a","actions":"a:b""#, ["/actions"]),
    (#""nrn":"a","actions":["a:b",1,null]"#, ["/actions/1", "/actions/2"]),
    (#""nrn":"a","inherits":"a""#, ["/inherits"]), (#""nrn":"a","inherits":["",1]"#, ["/inherits/0", "/inherits/1"]),
    (#""nrn":"a","inherits":["a"],"actions":["a:b"]"#, ["/actions"]),
    (
        #""nrn":"a","inherits":["a"],"actions":{"add":1,"remove":[2],"keep":[]}"#,
        ["/actions/add", "/actions/remove/0", "/actions/keep"]
    ),
    (#""nrn":"a","role_slug":"b","id":1,"user_id":2"#, ["/id", "/user_id"]),
    (#""nrn":"a","roleSlug":"b""#, ["", "/roleSlug"]),
]
