import HTTPTypes
import Testing

@Suite("A key's value in the wrong place")
struct MisplacedValueTests {
    private static let grants = #""grants":[{"nrn":"organization=1","role_slug":"member"}]"#

    @Test("names and tags of keys do not keep one", arguments: ["%", "ci %", "%x", "copy of:%"])
    func refusal(_ template: String) async throws {
        try await TestInstallation.run { installation in
            let text = template.replacing("%", with: installation.admin)
            let name = #"{"name":"\#(text)",\#(Self.grants)}"#
            let tag = #"{"name":"x","tags":[{"key":"a","value":"b"},{"key":"k","value":"\#(text)"}],\#(Self.grants)}"#
            for (body, pointer) in [(name, "/name"), (tag, "/tags/1")] {
                let reply = try await installation.call(.post, "/api_key", body, as: installation.admin)
                #expect(reply.status == 400)
                #expect(
                    reply["errors"].items.contains { $0["pointer"].text?.hasPrefix(pointer) == true }, "\(reply.text)")
                #expect(!reply.text.contains(installation.admin))
            }
            let change = #"{"name":"\#(text)"}"#
            let reply = try await installation.call(.patch, "/api_key/1", change, as: installation.admin)
            #expect(reply.status == 400 && !reply.text.contains(installation.admin))
        }
    }

    @Test(
        "names and descriptions of other things do not keep one either",
        arguments: [
            (HTTPRequest.Method.post, "/role", #"{"name":"%","slug":"x","actions":["log:read"]}"#, "/name"),
            (.post, "/role", #"{"name":"x","slug":"x","actions":["log:read"],"description":"%"}"#, "/description"),
            (.post, "/account", #"{"name":"%","slug":"x"}"#, "/name"),
            (.patch, "/account/1", #"{"name":"%"}"#, "/name"),
            (.post, "/user", #"{"email":"new@example.test","first_name":"%"}"#, "/first_name"),
            (.post, "/user/invite", #"{"email":"new@example.test","last_name":"%"}"#, "/last_name"),
            (.patch, "/user/1", #"{"avatar":"https://example.test/%"}"#, "/avatar"),
        ] as [(HTTPRequest.Method, String, String, String)]
    )
    func otherNames(_ method: HTTPRequest.Method, _ path: String, _ body: String, _ pointer: String) async throws {
        try await TestInstallation.run { installation in
            let text = body.replacing("%", with: installation.admin)
            let reply = try await installation.call(method, path, text, as: installation.admin)
            #expect(reply.status == 400, "\(reply.text)")
            #expect(reply["errors"].items.contains { $0["pointer"].text == pointer }, "\(reply.text)")
            #expect(!reply.text.contains(installation.admin))
        }
    }

    @Test("a handle or a mask is no value")
    func handle() async throws {
        try await TestInstallation.run { installation in
            let handle = installation.admin.prefix(15)
            let body = #"{"name":"after \#(handle)","tags":[{"key":"from","value":"\#(handle)"}],\#(Self.grants)}"#
            let reply = try await installation.call(.post, "/api_key", body, as: installation.admin)
            #expect(reply.status == 201)
        }
    }
}
