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
