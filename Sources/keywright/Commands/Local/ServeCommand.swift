import ArgumentParser
import Foundation
import KeywrightDomain
import KeywrightOperations
import Logging
import NIOCore

/// `keywright serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the API and the console.",
        discussion: """
            While no administrator exists, a set-up link is printed at each start. Each flag can also be set in the \
            environment (KEYWRIGHT_HOST, KEYWRIGHT_PUBLIC_URL, …) or in a JSON file given by --configuration; flags win \
            over the environment, the environment over the file. KEYWRIGHT_PEPPER replaces the pepper file.

            With --database, any number of nodes serve one PostgreSQL database, which keywright database prepare made \
            ready; all of them need the same pepper. A password is better not in the address but in KEYWRIGHT_DATABASE, \
            PGPASSWORD or a password file (PGPASSFILE).

            Examples:
              keywright serve --data ./data
              keywright serve --host 0.0.0.0 --port 443 --tls-certificate chain.pem --tls-key key.pem \\
                --public-url https://keys.example.com
            """
    )

    @OptionGroup var options: ServeOptions

    func run() async throws {
        let settings = try await Settings(options)
        try settings.check()
        let logger = Logger.standardError(settings.logLevel)
        let server = try await Server(settings, logger: logger)
        for warning in settings.warnings { logger.warning("\(warning)") }
        if settings.isDemonstration { try await prepareDemonstration(server) }
        do {
            try await serve(server, logger)
        } catch let error as IOError where [EADDRINUSE, EADDRNOTAVAIL, EACCES].contains(error.errnoCode) {
            let address = settings.listeningURL(port: settings.port)
            throw CommandFailure(
                "\(address) cannot be served: \(String(cString: strerror(error.errnoCode))).",
                ["--host and --port choose another address."])
        }
    }

    private func serve(_ server: Server, _ logger: Logger) async throws {
        let settings = server.settings
        try await server.run { port in
            do {
                try StandardStreams.process.print("Keywright serves on \(settings.listeningURL(port: port))")
                if try await !server.operations.isSetUp() {
                    // Other nodes may have printed theirs a moment ago.
                    let link = try await server.operations.makeSetupLink(endsOthers: settings.database == nil)
                    try StandardStreams.process.print(
                        "Nobody administers it yet. Set it up within 15 minutes, once, at:\n  \(link.reveal())")
                }
            } catch {
                logger.error(
                    "The address or the set-up link could not be made or printed.", metadata: ["error": "\(error)"])
            }
        }
    }

    private func prepareDemonstration(_ server: Server) async throws {
        guard try await !server.operations.isSetUp() else { return }
        let data = try await server.operations.makeDemonstrationData()
        try StandardStreams.process.print("A demonstration organization was made. These are shown once:")
        for person in data.persons {
            try StandardStreams.process.print(
                "  \(person.user.email)  \(person.password.reveal())  (\(person.roleSlug))")
        }
        try StandardStreams.process.print("  Admin key: \(data.adminKey.reveal())")
    }
}

extension Logger {
    /// A log on standard error.
    static func standardError(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "keywright") { label in LateLogHandler(.standardError(label: label)) }
        logger.logLevel = level
        return logger
    }
}
