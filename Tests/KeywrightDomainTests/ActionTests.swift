import KeywrightDomain
import Testing

@Suite("Actions")
struct ActionTests {
    private static let word = "a" + String(repeating: "z", count: 39)

    @Test(
        "a name is two lower-case words",
        arguments: ["a:b", "api_key:create", "x1:y2", "a_:b_", "a__b:c9_", "\(word):\(word)", "widget:paint"])
    func accepts(_ name: String) throws {
        let action = try #require(Action(name))
        #expect(action.name == name)
        #expect(action.description == name)
        #expect(Action(action.name) == action)
    }

    @Test(
        "anything else is no action",
        arguments: [
            "", ":", "a", "a:", ":b", "a::b", "a:b:", ":a:b", "a:b:c", "A:b", "a:B", "API_KEY:create", "1a:b", "a:1b",
            "_a:b",
            "a:_b", "a-b:c", "a:b-c", "a.b:c", "a/b:c", "a b:c", "a: b", " a:b", "a:b ", "a:b\n", "a:b\r\n", "a:b\0",
            "*", "*:*",
            "api_key:*", "*:read", "a;b", "a=b", "\(word)z:b", "a:\(word)z", "á:b", "a:b\u{301}", "a\u{301}:b",
            "a:\u{301}b", "a\u{FF1A}b", "\u{430}:b", "a:b\u{200B}", "\u{FEFF}a:b", "a:\u{FF42}", "a:b\u{FE0F}",
            String(repeating: "a", count: 10_000),
        ])
    func refuses(_ name: String) {
        #expect(Action(name) == nil)
    }

    @Test("the built-in actions are exactly those of the wire contract")
    func builtIn() {
        let expected = Set(ContractRoles.builtInActions)
        #expect(Set(Action.builtIn.map(\.name)) == expected)
        #expect(Action.builtIn.count == expected.count)
        #expect(Action.builtIn == Action.builtIn.sorted())
        #expect(Action.builtIn.allSatisfy { Action($0.name) == $0 })
    }

    @Test("the actions that Keywright asks for are built in")
    func named() {
        let own: [(Action, String)] = [
            (.createAPIKey, "api_key:create"), (.readAPIKey, "api_key:read"), (.updateAPIKey, "api_key:update"),
            (.deleteAPIKey, "api_key:delete"), (.createRole, "role:create"), (.readRole, "role:read"),
            (.updateRole, "role:update"), (.deleteRole, "role:delete"), (.createUser, "user:create"),
            (.readUser, "user:read"), (.updateUser, "user:update"), (.createGrant, "grant:create"),
            (.readGrant, "grant:read"), (.updateGrant, "grant:update"), (.deleteGrant, "grant:delete"),
            (.readAudit, "audit:read"), (.checkAuthorization, "authz:check"),
            (.on(.namespace, .create), "namespace:create"),
            (.on(.organization, .update), "organization:update"), (.on(.scope, .delete), "scope:delete"),
            (.on(.account, .read), "account:read"),
        ]
        for (action, name) in own {
            #expect(action.name == name)
            #expect(Action.builtIn.contains(action))
        }
    }
}
