import ArgumentParser
import Foundation
import KeywrightWire

/// Whose rights a command asks about. A key or token is never an argument: every user of the machine could read it.
struct SubjectOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with the API key or access token in question; '-' reads the standard input, which is the default. (KEYWRIGHT_SUBJECT holds it itself)",
            valueName: "path"),
        completion: .file())
    var subjectFile: String?
}

extension SubjectOptions {
    /// The key or token in question.
    ///
    /// - Throws: `CommandFailure` when there is none.
    func subject(environment: [String: String], server: ServerOptions) throws -> VerifyRequest.Subject {
        let text: String
        if subjectFile == nil, let value = environment["KEYWRIGHT_SUBJECT"], !value.isEmpty {
            text = value
        } else {
            let file = subjectFile ?? "-"
            guard file != "-" || server.apiKeyFile != "-" else {
                throw CommandFailure(
                    "The standard input cannot hold both keys.",
                    ["Give --subject-file or KEYWRIGHT_SUBJECT, or --api-key-file with another path."], status: .usage)
            }
            text = try ServerOptions.key(inFile: file)
        }
        guard !text.isEmpty else {
            throw CommandFailure(
                "There is no API key or access token to ask about.",
                ["Write it to the standard input, or give --subject-file."], status: .usage)
        }
        return text.utf8.contains(UInt8(ascii: ".")) ? .accessToken(SensitiveText(text)) : .apiKey(SensitiveText(text))
    }
}
