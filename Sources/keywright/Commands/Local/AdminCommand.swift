import ArgumentParser
import Foundation
import KeywrightDomain
import KeywrightOperations
import KeywrightStore
import Logging

/// `keywright admin`: what only somebody at the machine itself may do.
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin",
        abstract: "Make administrators, set their passwords, and rotate the signing key, on the server's own data.",
        subcommands: [AdminCreateCommand.self, AdminResetPasswordCommand.self, AdminRotateSigningKeyCommand.self]
    )
}

/// `keywright admin create`
struct AdminCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an administrator, and the organization when there is none of its name.",
        discussion: """
            Needs the data folder for itself: stop the server first. Beside --database it runs at any time.

            With --with-key, the value of a new Admin key at organization level is printed alone on standard output, \
            everything else on standard error:

              printf %s "$PASSWORD" | keywright admin create --data ./data --organization Acme \\
                --email admin@example.com --password-stdin --with-key bootstrap > admin.key
            """
    )

    @OptionGroup var data: DataOptions

    @Option(help: "The organization's name.")
    var organization: String

    @Option(help: "The administrator's email address.")
    var email: String

    @Flag(help: "Read the password from standard input, 15 to 1024 bytes.")
    var passwordStdin = false

    @Option(help: "Also create an Admin key of this name and print its value.")
    var withKey: String?

    func run() async throws {
        let password = try PasswordInput.read(fromStandardInput: passwordStdin)
        let server = try await LocalServer.open(data, mayBegin: true)
        let made = try await server.closing {
            try await $0.operations.createAdministrator(
                AdministratorDraft(organization: organization, email: email, password: password, keyName: withKey)
            )
        }
        StandardStreams.process.note(
            "\(made.user.email) administers \(made.organization.name) (\(made.organization.nrn)).")
        if let key = made.key, let value = key.value {
            StandardStreams.process.note("Admin key \(key.key.id), \(key.key.name). Its value is shown this once.")
            try StandardStreams.process.print(value.reveal())
        }
    }
}

/// `keywright admin reset-password`
struct AdminResetPasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset-password",
        abstract: "Set a person's password.",
        discussion: """
            Needs the data folder for itself: stop the server first. Beside --database it runs at any time.
            """
    )

    @OptionGroup var data: DataOptions

    @Option(help: "The person's email address.")
    var email: String

    @Flag(help: "Read the password from standard input, 15 to 1024 bytes.")
    var passwordStdin = false

    func run() async throws {
        let password = try PasswordInput.read(fromStandardInput: passwordStdin)
        let server = try await LocalServer.open(data)
        let user = try await server.closing {
            try await $0.operations.resetAdministratorPassword(email: email, to: password)
        }
        StandardStreams.process.note("The password of \(user.email) was set.")
    }
}

/// `keywright admin rotate-signing-key`
struct AdminRotateSigningKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-signing-key",
        abstract: "Have a new key sign access tokens from an hour on, also while the server runs.",
        discussion: """
            The new key is published at once, so that whoever checks tokens by itself has it in time, and the old one is \
            kept until its last token has ended: nobody notices. The server does the same by itself when a key is old \
            (serve --signing-key-lifetime). While a server holds the data folder, it is asked through a file there.
            """
    )

    @OptionGroup var data: DataOptions

    @Flag(help: "For a key that leaked: sign with the new one now, and end every access token.")
    var endTokens = false

    func run() async throws {
        let kind: OperatorRequest.Kind = endTokens ? .replaceSigningKeys : .rotateSigningKey
        let text: String
        do {
            let server = try await LocalServer.open(data)
            text = try await server.closing { try await OperatorRequest.perform(kind, $0.operations) }
        } catch is DataFolderLocked {
            let reply = try await OperatorRequest(folder: data.folder).ask(kind)
            guard reply.isDone else { throw CommandFailure(reply.text) }
            text = reply.text
        }
        try StandardStreams.process.print(text)
    }
}

/// `keywright setup-link`
struct SetupLinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup-link",
        abstract: "Print a new set-up link; earlier ones stop working.",
        discussion: """
            The link works once, for 15 minutes, while nobody administers the installation. Needs the data folder for \
            itself: stop the server first (it prints a link of its own at each start). Beside --database it runs at any \
            time.
            """
    )

    @OptionGroup var data: DataOptions

    @Option(help: "The address of the server, when it is not the default.")
    var publicURL: String?

    func run() async throws {
        let server = try await LocalServer.open(data)
        let link = try await server.closing { try await $0.operations.makeSetupLink(base: publicURL) }
        try StandardStreams.process.print(link.reveal())
    }
}

/// A server's data, opened by a command that does not serve.
enum LocalServer {
    /// - Parameter mayBegin: whether an installation is begun where there is none.
    /// - Throws: `.notFound` where there is none; with a wrong folder a command would change nothing and say it had.
    static func open(_ data: DataOptions, mayBegin: Bool = false) async throws -> Server {
        let settings = try Settings(data)
        if settings.database == nil, !mayBegin {
            let file = SQLiteStore.databaseURL(in: settings.folder)
            try DataFile.checkAccess(to: file, R_OK | W_OK)
            guard FileManager.default.fileExists(atPath: file.path) else {
                throw DomainError(.notFound, "There is no database at \(file.path). Name its folder with --data.")
            }
        }
        return try await Server(settings, logger: Logger.standardError(.warning))
    }
}

extension Server {
    /// Runs a body and closes the data in any case.
    func closing<Value>(_ body: (Server) async throws -> Value) async throws -> Value {
        let result: Value
        do {
            result = try await body(self)
        } catch {
            try? await close()
            throw error
        }
        try await close()
        return result
    }
}

/// A password from standard input, or typed twice without echo.
enum PasswordInput {
    static func read(fromStandardInput: Bool) throws -> Secret {
        if fromStandardInput {
            let data = try FileHandle.standardInput.read(upToCount: Password.lengthInBytes.upperBound + 2) ?? Data()
            var bytes = Array(data)
            if bytes.last == 0x0A { bytes.removeLast() }
            if bytes.last == 0x0D { bytes.removeLast() }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ValidationError("The password is not UTF-8.")
            }
            return Secret(text)
        }
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("Give --password-stdin when standard input is not a terminal.")
        }
        let first = ask("Password: ")
        guard first == ask("Again: ") else { throw ValidationError("The passwords differ.") }
        return Secret(first)
    }

    private static func ask(_ prompt: String) -> String {
        StandardStreams.process.writeError(Array(prompt.utf8))
        var attributes = termios()
        tcgetattr(STDIN_FILENO, &attributes)
        var silent = attributes
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSANOW, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSANOW, &attributes)
            StandardStreams.process.note("")
        }
        return readLine() ?? ""
    }
}
