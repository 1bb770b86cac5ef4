import ArgumentParser
import Foundation
import KeywrightClient
import KeywrightDomain
import KeywrightStore
import KeywrightWire
import Testing

@testable import keywright

/// How commands end.
@Suite struct CommandExitTests {
    /// Ends as the arguments say.
    struct Ending: AsyncParsableCommand {
        @Argument var word = ""

        func validate() throws {
            if word == "invalid" { throw ValidationError("That is not valid.") }
        }

        func run() async throws {
            switch word {
            case "failed": throw CommandFailure("It failed.", ["Because."])
            case "silent": throw CommandFailure(silent: .failed)
            case "usage": throw CommandFailure("Wrong.", status: .usage)
            case "late": throw ValidationError("Too late.")
            case "refused": throw DomainError(.forbidden, "This needs more.")
            case "domain":
                throw DomainError(violations: [Violation("/a", "A is wrong."), Violation("", "B is wrong.")])
            case "code": throw ExitCode(7)
            case "clean": throw CleanExit.message("Bye.")
            case "cancelled": throw CancellationError()
            case "file": throw CocoaError(.fileNoSuchFile)
            default: break
            }
        }
    }

    private func check(_ arguments: [String], _ code: Int32, output: String = "", errors: String? = "") async {
        let captured = Captured()
        #expect(await CommandExit.status(of: Ending.self, arguments, captured.streams()) == code)
        #expect(output.isEmpty ? captured.output.isEmpty : captured.output.contains(output))
        if let errors { #expect(captured.errors == errors) }
    }

    @Test("done is 0, failed 1, usage 2, refused 4")
    func codes() async {
        await check([], 0)
        await check(["failed"], 1, errors: "Error: It failed.\n  Because.\n")
        await check(["silent"], 1)
        await check(["usage"], 2, errors: "Error: Wrong.\n")
        await check(["refused"], 4, errors: "Error: This needs more.\n")
        await check(["domain"], 1, errors: "Error: A is wrong.\n  /a: A is wrong.\n  B is wrong.\n")
        await check(["code"], 7)
        await check(["cancelled"], 1, errors: "Error: The command was interrupted.\n")
        await check(["file"], 1, errors: nil)
    }

    @Test("a wrong command line is 2, with how to use it")
    func usage() async {
        for arguments in [
            ["invalid"], ["late"], ["--nonsense"], ["one", "two"], ["--generate-completion-script", "dos"],
        ] {
            let captured = Captured()
            #expect(await CommandExit.status(of: Ending.self, arguments, captured.streams()) == 2, "\(arguments)")
            #expect(captured.errors.hasPrefix("Error: "))
            #expect(captured.output.isEmpty)
        }
    }

    @Test("help and completions go to the standard output")
    func help() async {
        await check(["--help"], 0, output: "USAGE:")
        await check(["clean"], 0, output: "Bye.")
        await check(["--generate-completion-script", "bash"], 0, output: "complete")
    }

    @Test("every command explains itself")
    func everyHelp() async {
        var pending: [any ParsableCommand.Type] = [
            KeyCommand.self, TokenCommand.self, RoleCommand.self, ResourceCommand.self, UserCommand.self,
            GrantCommand.self, AuditListCommand.self,
        ]
        while let command = pending.popLast() {
            #expect(!command.configuration.abstract.isEmpty, "\(command)")
            #expect(command.configuration.commandName != nil, "\(command)")
            #expect(command.helpMessage().contains("USAGE:"))
            if command.configuration.subcommands.isEmpty {
                #expect(command.configuration.discussion.contains("keywright "), "\(command)")
            }
            pending += command.configuration.subcommands
        }
    }

    @Test("a key on the command line in the wrong place is not repeated")
    func pastedKey() async {
        for arguments in [["get", sampleSecret], ["list", sampleSecret], ["create", "n", "--grant", sampleSecret]] {
            let captured = Captured()
            #expect(await CommandExit.status(of: KeyCommand.self, arguments, captured.streams()) == 2)
            #expect(captured.errors.contains("<redacted>"))
            #expect(!captured.errors.contains(sampleSecret))
        }
    }

    @Test(
        "the server's refusals are 4, other failures 1, settings 2",
        arguments: [(400, 1), (401, 4), (403, 4), (404, 1), (409, 1), (500, 1)])
    func clientErrors(status: Int, code: Int32) {
        let problem = ProblemObject(status: status, code: "x", title: "", detail: "No.")
        #expect(KeywrightClientError.problem(problem, status: status, requestID: nil).exitStatus.rawValue == code)
        #expect(KeywrightClientError.unexpected("", status: status, requestID: nil).exitStatus.rawValue == code)
        #expect(KeywrightClientError.transport("").exitStatus == .failed)
        #expect(KeywrightClientError.settings("").exitStatus == .usage)
    }

    @Test("a refusal names every wrong field and the request, and cannot drive the terminal")
    func report() {
        let problem = ProblemObject(
            status: 400, code: "x", title: "", detail: "No\u{1B}.",
            errors: [
                FieldError(pointer: "/grants/0/nrn", message: "No NRN."), FieldError(pointer: "", message: "Empty."),
            ]
        )
        let error = KeywrightClientError.problem(problem, status: 400, requestID: "r-1")
        #expect(error.report == [#"No\u{1B}."#, "/grants/0/nrn: No NRN.", "Empty.", "Request: r-1"])
    }

    @Test(
        "a wrong role is said once, with where the roles are",
        arguments: ["/grants/1/role_slug", "/grants/0/inherits/2"])
    func wrongRole(pointer: String) {
        let text = "There is no role with this slug."
        let problem = ProblemObject(
            status: 400, code: "x", title: "", detail: text, errors: [FieldError(pointer: pointer, message: text)]
        )
        let error = KeywrightClientError.problem(problem, status: 400, requestID: nil)
        #expect(error.report == ["\(pointer): \(text)", "keywright role list --all shows the roles."])
    }

    @Test("what did not come from a server of ours names the URL that was tried")
    func namedServer() throws {
        let session = RemoteSession(
            client: try KeywrightClient(url: "http://127.0.0.1:9/", credential: nil), streams: Captured().streams(),
            now: 0
        )
        func report(_ error: KeywrightClientError) -> [String]? {
            (session.namingServer(error) as? any ReportableError)?.report
        }
        let server = "Server: http://127.0.0.1:9 (--url or KEYWRIGHT_URL names another)"
        #expect(report(.transport("No.")) == ["No.", server])
        #expect(report(.unexpected("No.", status: 502, requestID: "r-1")) == ["No.", "Request: r-1", server])
        #expect(report(.settings("No.")) == ["No."])
        let problem = ProblemObject(status: 404, code: "x", title: "", detail: "No.")
        #expect(report(.problem(problem, status: 404, requestID: nil)) == ["No."])
    }
}
