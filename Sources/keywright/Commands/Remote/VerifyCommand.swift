import ArgumentParser
import Foundation
import KeywrightClient
import KeywrightWire

/// `keywright verify`: is this key or token good, and may it do this here?
struct VerifyCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Ask whether an API key or access token is good, and may do something.",
        discussion: """
            The key or token in question is read from the standard input, a file or the environment, never from the \
            command line. KEYWRIGHT_API_KEY is the key that asks; it needs authz:check at the organization (role \
            verifier). Exits 0 when the answer is yes, 4 when it is no.

            Examples:
              keywright verify < deploy.key
              keywright verify --action build:create --nrn organization=1:account=2 --tag team:payments < access.token
            """
    )

    @OptionGroup(title: "Server") var server: ServerOptions

    @OptionGroup(title: "Subject") var subject: SubjectOptions

    @Option(help: ArgumentHelp("The action in question, with --nrn.", valueName: "entity:verb"))
    var action: String?

    @Option(help: ArgumentHelp("Where the action is to be done, with --action.", valueName: "nrn"))
    var nrn: String?

    @Option(
        help: ArgumentHelp("A tag that the key must carry. Repeatable.", valueName: "key:value"),
        transform: { try TagArgument.parse($0) })
    var tag: [TagRequest] = []

    @Flag(help: "Print the server's JSON.")
    var json = false

    func validate() throws {
        guard (action == nil) == (nrn == nil) else { throw ValidationError("--action and --nrn go together.") }
    }

    func run(_ session: RemoteSession) async throws {
        let subject = try subject.subject(environment: ProcessInfo.processInfo.environment, server: server)
        var question: VerifyRequest.Question?
        if let action, let nrn { question = .init(action: action, nrn: nrn) }
        let answer = try await session.client.verify(VerifyRequest(subject, question: question, tags: tag))
        if json {
            try session.streams.print(json: answer)
        } else {
            try session.streams.print(VerificationText.details(answer))
        }
        guard answer.code == .valid else { throw CommandFailure(silent: .refused) }
    }
}

/// `keywright explain`: why is it allowed, or what is missing?
struct ExplainCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say which grant lets a key do something, or which one would.",
        discussion: """
            The key or token in question is read as by keywright verify, and the exit codes are the same.

            Example:
              keywright explain build:create organization=1:account=2 < deploy.key
            """
    )

    @OptionGroup(title: "Server") var server: ServerOptions

    @OptionGroup(title: "Subject") var subject: SubjectOptions

    @Argument(help: ArgumentHelp("The action in question.", valueName: "entity:verb"))
    var action: String

    @Argument(help: "Where the action is to be done.")
    var nrn: String

    @Option(
        help: ArgumentHelp("A tag that the key must carry. Repeatable.", valueName: "key:value"),
        transform: { try TagArgument.parse($0) })
    var tag: [TagRequest] = []

    @Flag(help: "Print the server's JSON.")
    var json = false

    func run(_ session: RemoteSession) async throws {
        let subject = try subject.subject(environment: ProcessInfo.processInfo.environment, server: server)
        let question = VerifyRequest.Question(action: action, nrn: nrn)
        let answer = try await session.client.verify(
            VerifyRequest(subject, question: question, tags: tag, explains: true)
        )
        if json {
            try session.streams.print(json: answer)
        } else {
            try session.streams.print(VerificationText.explanation(answer, of: question))
        }
        guard answer.code == .valid else { throw CommandFailure(silent: .refused) }
    }
}
