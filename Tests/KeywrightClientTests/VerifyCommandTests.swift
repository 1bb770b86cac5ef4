import ArgumentParser
import Foundation
import KeywrightClient
import KeywrightWire
import Testing

@testable import keywright

/// `keywright verify` and `keywright explain`, against canned answers.
@Suite struct VerifyCommandTests {
    private static let good = #"""
        {"valid":true,"code":"VALID","allowed":true,"key_id":17,"handle":"abcdefghijkl","name":"ci-main",\#
        "organization_id":1,"user_id":1099511627793,"expires_at":"2026-04-01T00:00:00.000Z",\#
        "tags":[{"key":"team","value":"web"}]}
        """#

    private static func bad(_ code: String, _ explanation: String = "") -> String {
        #"""
        {"valid":\#(code == "FORBIDDEN"),"code":"\#(code)","allowed":false,"key_id":null,"handle":null,"name":null,\#
        "organization_id":null,"user_id":null,"expires_at":null,"tags":[]\#(explanation)}
        """#
    }

    /// Runs a command with a subject in a file.
    private func run<Command: RemoteCommand>(
        _ command: Command.Type, _ arguments: [String], subject: String = sampleSecret, _ answer: String
    ) async throws -> (captured: Captured, request: StubServer.Request?, error: (any Error)?) {
        let file = FileManager.default.temporaryDirectory.appending(path: "subject-\(UUID().uuidString)")
        try Data("\(subject)\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let captured = Captured()
        let parsed = try Command.parse(arguments + ["--subject-file", file.path])
        return try await StubServer.run(.json(200, answer)) { server in
            do {
                try await parsed.run(try server.session(captured, answer: nil))
                return (captured, server.requests.first, nil)
            } catch {
                return (captured, server.requests.first, error)
            }
        }
    }

    @Test("verify asks with the key from the file, and prints what is known of it")
    func valid() async throws {
        let result = try await run(
            VerifyCommand.self,
            ["--action", "build:create", "--nrn", "organization=1", "--tag", "team:web", "--tag", "a:b:c"], Self.good)
        #expect(result.error == nil)
        #expect(result.request?.target == "/v1/verify")
        #expect(
            result.request?.body == #"{"api_key":"\#(sampleSecret)","action":"build:create","nrn":"organization=1","#
                + #""tags":[{"key":"team","value":"web"},{"key":"a","value":"b:c"}]}"#)
        #expect(
            result.captured.output == """
                Result        valid
                Allowed       yes
                Key           17 ci-main
                Handle        abcdefghijkl
                Organization  1
                Expires       2026-04-01T00:00:00Z
                Tags          team:web

                """)
    }

    @Test("what holds full stops is asked about as an access token")
    func token() async throws {
        let result = try await run(VerifyCommand.self, [], subject: "a.b.c", Self.good)
        #expect(result.request?.body == #"{"access_token":"a.b.c"}"#)
    }

    @Test("every answer but VALID exits with 4", arguments: VerifyCode.allCases)
    func codes(_ code: VerifyCode) async throws {
        let answer = code == .valid ? Self.good : Self.bad(code.rawValue)
        for arguments in [[], ["--json"]] {
            let result = try await run(VerifyCommand.self, arguments, answer)
            let status = (result.error as? any ReportableError)?.exitStatus
            #expect(status == (code == .valid ? nil : .refused))
            #expect(!result.captured.output.isEmpty)
            #expect(!result.captured.output.contains(sampleSecret) && !result.captured.errors.contains(sampleSecret))
        }
    }

    @Test("--json prints the server's answer")
    func json() async throws {
        let result = try await run(VerifyCommand.self, ["--json"], Self.good)
        #expect(result.captured.output == Self.good + "\n")
    }

    @Test(
        "explain says which grant allows it, or which one would",
        arguments: [
            (
                #"{"reason":"granted","grant":{"id":5,"nrn":"organization=1","role_slug":"ops"},"sufficient":null}"#,
                "Yes: build:create at organization=1:account=2 is allowed by grant 5, ops at organization=1, which lies above."
            ),
            (
                #"{"reason":"granted","grant":{"id":5,"nrn":"organization=1:account=2","role_slug":"ops"},"sufficient":null}"#,
                "Yes: build:create at organization=1:account=2 is allowed by grant 5, ops at organization=1:account=2."
            ),
            (
                #"{"reason":"missing_tags","grant":{"id":5,"nrn":"organization=1:account=2","role_slug":"ops"},"sufficient":null}"#,
                "No: build:create at organization=1:account=2 is allowed by grant 5, ops at organization=1:account=2, but the key does not carry every tag."
            ),
            (
                #"{"reason":"no_grant","grant":null,"sufficient":{"nrn":"organization=1:account=2","role_slug":"developer"}}"#,
                "No: no grant allows build:create at organization=1:account=2.\nThis grant would allow it: organization=1:account=2=developer"
            ),
            (
                #"{"reason":"no_grant","grant":null,"sufficient":{"nrn":"organization=1:account=2","actions":["build:create"]}}"#,
                "No: no grant allows build:create at organization=1:account=2.\nThis grant would allow it: organization=1:account=2=build:create"
            ),
            (
                #"{"reason":"unknown_resource","grant":null,"sufficient":null}"#,
                "No: organization=1:account=2 does not exist, is deleted, or its ids do not belong together."
            ),
        ])
    func explain(_ explanation: String, _ text: String) async throws {
        let isAllowed = text.hasPrefix("Yes")
        let answer =
            isAllowed
            ? Self.good.dropLast() + #","explanation":\#(explanation)}"#
            : Self.bad("FORBIDDEN", #","explanation":\#(explanation)"#)[...]
        let result = try await run(
            ExplainCommand.self, ["build:create", "organization=1:account=2"], String(answer))
        #expect(result.captured.output == text + "\n")
        #expect(result.request?.body.hasSuffix(#","explain":true}"#) == true)
        #expect(((result.error as? any ReportableError)?.exitStatus == .refused) == !isAllowed)
    }

    @Test("explain of a key that is not good says why")
    func explainBadKey() async throws {
        let result = try await run(ExplainCommand.self, ["a:b", "organization=1"], Self.bad("DELETED"))
        #expect(result.captured.output == "No: deleted.\n")
    }

    @Test("--action and --nrn go together, and one standard input holds one key")
    func usage() throws {
        #expect(throws: (any Error).self) { try VerifyCommand.parse(["--action", "a:b"]) }
        #expect(throws: (any Error).self) { try VerifyCommand.parse(["--nrn", "organization=1"]) }
        let command = try VerifyCommand.parse(["--api-key-file", "-"])
        let error = #expect(throws: CommandFailure.self) {
            try command.subject.subject(environment: [:], server: command.server)
        }
        #expect(error?.exitStatus == .usage)
        let other = try command.subject.subject(environment: ["KEYWRIGHT_SUBJECT": "x"], server: command.server)
        #expect(other == .apiKey(SensitiveText("x")))
    }
}
