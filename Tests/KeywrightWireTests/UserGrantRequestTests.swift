import KeywrightWire
import Testing

@Suite("Grants of users in requests")
struct UserGrantRequestTests {
    @Test("are written by clients as the server reads them")
    func roundTrips() throws {
        try expectRoundTrip(
            UserGrantRequest(nrn: "organization=1", userID: 5, role: .slug("ops")),
            #"{"nrn":"organization=1","user_id":5,"role_slug":"ops"}"#
        )
        try expectRoundTrip(
            UserGrantRequest(nrn: "organization=1", userID: 5, role: .id(9)),
            #"{"nrn":"organization=1","user_id":5,"role_id":9}"#
        )
        try expectRoundTrip(
            UserGrantItemRequest(nrn: "organization=1", role: .slug("ops")),
            #"{"nrn":"organization=1","role_slug":"ops"}"#
        )
    }

    @Test("come as an array, possibly an empty one")
    func list() throws {
        #expect(try UserGrantItemRequest.decodeList(json("[]")) == [])
        let items = try UserGrantItemRequest.decodeList(
            json(#"[{"nrn":"a","role_id":"2"},{"nrn":"b","role_slug":"c"}]"#))
        #expect(items == [.init(nrn: "a", role: .id(2)), .init(nrn: "b", role: .slug("c"))])
    }

    @Test("name every wrong item, and the first of them", arguments: wrongLists)
    func wrongList(_ body: String, _ pointers: [String], _ index: Int?) throws {
        do throws(WireErrors) {
            let value = try? json(body)
            _ = try UserGrantItemRequest.decodeList(value ?? .null)
            Issue.record("The list was taken.")
        } catch {
            #expect(error.errors.map(\.pointer) == pointers)
            #expect(error.firstItemIndex == index)
        }
    }

    @Test("name every wrong field", arguments: wrong)
    func wrongFields(_ body: String, _ pointers: [String]) throws {
        #expect(try KeywrightWireTests.wrongFields(UserGrantRequest.self, body) == pointers)
    }
}

private let wrong: [(String, [String])] = [
    ("{}", ["/nrn", "/user_id", ""]), (#"{"nrn":1,"user_id":"a","role_slug":""}"#, ["/nrn", "/user_id", "/role_slug"]),
    (#"{"nrn":"a","user_id":1,"role_slug":"a","role_id":1}"#, [""]),
    (#"{"nrn":"a","user_id":1,"role_id":"1x"}"#, ["/role_id"]),
    (#"{"nrn":"a","user_id":1,"role_id":1,"id":1,"actions":[]}"#, ["/id", "/actions"]),
]

private let wrongLists: [(String, [String], Int?)] = [
    ("{}", [""], nil), ("null", [""], nil),
    (#"[{"nrn":"a","role_id":1},{"nrn":"a"},7,{"role_id":2,"user_id":3}]"#, ["/1", "/2", "/3/nrn", "/3/user_id"], 1),
]
