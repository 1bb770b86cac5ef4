import ArgumentParser
import Foundation
import KeywrightClient
import KeywrightWire

/// A command that talks to a server.
protocol RemoteCommand: AsyncParsableCommand {
    /// Which server, and as whom.
    var server: ServerOptions { get }

    /// Does the work.
    func run(_ session: RemoteSession) async throws
}

extension RemoteCommand {
    /// Connects, does the work, and closes the connections.
    func run() async throws {
        let session = try RemoteSession(server, environment: ProcessInfo.processInfo.environment, streams: .process)
        do {
            try await run(session)
        } catch {
            await session.client.shutdown()
            throw session.namingServer(error)
        }
        await session.client.shutdown()
    }
}

/// What a command that talks to a server works with.
struct RemoteSession: Sendable {
    let client: KeywrightClient
    let streams: StandardStreams
    /// The time at which the command started, in milliseconds since 1970 UTC.
    let now: Int64

    init(client: KeywrightClient, streams: StandardStreams, now: Int64) {
        self.client = client
        self.streams = streams
        self.now = now
    }

    /// A session with the server that flags and environment name.
    init(_ server: ServerOptions, environment: [String: String], streams: StandardStreams) throws {
        let client = try server.client(environment: environment)
        if client.isInTheClear {
            streams.note("Warning: the API key travels unencrypted to this server. Use https.")
        }
        self.init(client: client, streams: streams, now: Int64(Date().timeIntervalSince1970 * 1_000))
    }

    /// Prints a list: as JSON, or as a table with a word on the standard error when there is more.
    func print<Element>(
        _ list: ListEnvelope<Element>, named name: String, asJSON: Bool, table: ([Element]) -> TextTable
    ) throws {
        if asJSON { return try streams.print(json: list) }
        try streams.print(table(list.results).text)
        if let note = PageOptions.note(about: list, named: name) { streams.note(note) }
    }

    /// Does something to each of several things, reports each refusal, and fails at the end if there was one.
    func each(_ ids: [Int64], _ body: (Int64) async throws -> Void) async throws {
        var failure: CommandFailure?
        var done: Set<Int64> = []
        for id in ids where done.insert(id).inserted {
            do {
                try await body(id)
            } catch let error as KeywrightClientError {
                guard ids.count > 1, error.status != nil else { throw error }
                streams.report(CommandFailure("\(id): \(error.report.first ?? "")", Array(error.report.dropFirst())))
                failure = failure ?? CommandFailure(silent: error.exitStatus)
            }
        }
        if let failure { throw failure }
    }

    /// An error with the server's URL beneath it, when no server of ours answered there.
    func namingServer(_ error: any Error) -> any Error {
        guard let error = error as? KeywrightClientError else { return error }
        switch error {
        case .settings, .problem: return error
        case .transport, .unexpected:
            let details = error.report.dropFirst() + ["Server: \(client.url) (--url or KEYWRIGHT_URL names another)"]
            return CommandFailure(error.report.first ?? "", Array(details), status: error.exitStatus)
        }
    }

    /// Asks before something is lost, when a person is there to be asked.
    ///
    /// - Parameter question: made only when it is asked.
    func confirm(unless isCertain: Bool, _ question: () async throws -> String) async throws {
        guard !isCertain, let ask = streams.ask else { return }
        guard ask(try await question()) else { throw CommandFailure("Nothing was changed.") }
    }
}

extension KeywrightClientError: ReportableError {
    var exitStatus: CommandStatus {
        switch self {
        case .settings: .usage
        case .transport: .failed
        case .problem, .unexpected: [401, 403].contains(status) ? .refused : .failed
        }
    }

    /// The message, a line for each wrong field, and what the server's log calls the request.
    var report: [String] {
        var lines = [description]
        switch self {
        case .settings, .transport: return lines
        case .problem(let problem, let status, let requestID):
            let fields = problem.errors.map { $0.pointer.isEmpty ? $0.message : "\($0.pointer): \($0.message)" }
            // The server's message is that of the first wrong field.
            lines = problem.errors.first?.message == description ? fields : lines + fields
            if problem.errors.contains(where: \.isAboutRole) {
                lines.append("keywright role list --all shows the roles.")
            }
            if let id = problem.id { lines.append("Id: \(id)") }
            if status == 401 { lines.append("Is the API key complete, enabled and not expired?") }
            lines += requestID.map { ["Request: \($0)"] } ?? []
        case .unexpected(_, _, let requestID):
            lines += requestID.map { ["Request: \($0)"] } ?? []
        }
        return lines.map { TerminalText.escaping($0) }
    }
}

extension FieldError {
    /// Whether the wrong field names a role.
    fileprivate var isAboutRole: Bool {
        pointer.hasSuffix("/role_slug") || pointer.contains("/inherits/")
    }
}
