import Foundation
import KeywrightDomain
import KeywrightOperations
import Logging

/// A request to the server that holds a data folder, by a file in that folder: who can write there is its operator.
///
/// The server looks for it every second. It answers by a second file, which the one who asked removes.
struct OperatorRequest: Sendable {
    /// What may be asked.
    enum Kind: String, CaseIterable, Sendable {
        case rotateSigningKey = "rotate-signing-key"
        case replaceSigningKeys = "replace-signing-keys"
    }

    /// The answer of a server.
    struct Reply: Codable, Equatable {
        /// What was done, or why nothing was.
        var text: String
        var isDone: Bool
    }

    private let folder: URL

    init(folder: URL) {
        self.folder = folder
    }

    private func file(_ kind: Kind, _ suffix: String) -> URL {
        folder.appending(path: "\(kind.rawValue).\(suffix)")
    }

    // MARK: Asking

    /// Asks the server and waits for its answer.
    ///
    /// - Throws: `CommandFailure` when no server answers in time.
    func ask(_ kind: Kind, patience: Duration = .seconds(15)) async throws -> Reply {
        try? FileManager.default.removeItem(at: file(kind, "reply"))
        guard
            FileManager.default.createFile(
                atPath: file(kind, "request").path, contents: Data(), attributes: [.posixPermissions: 0o600]
            )
        else { throw CommandFailure("\(folder.path) cannot be written.") }
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if let data = try? Data(contentsOf: file(kind, "reply")),
                let reply = try? JSONDecoder().decode(Reply.self, from: data)
            {
                try? FileManager.default.removeItem(at: file(kind, "reply"))
                return reply
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        try? FileManager.default.removeItem(at: file(kind, "request"))
        throw CommandFailure(
            "The server that holds \(folder.path) does not answer.", ["Is it an older version? Stop it and try again."])
    }

    // MARK: Answering

    /// Does what was asked since the last time.
    func answer(_ operations: Operations, _ logger: Logger) async {
        for kind in Kind.allCases where FileManager.default.fileExists(atPath: file(kind, "request").path) {
            // Taken away first: what cannot be taken away would be done again and again.
            do {
                try FileManager.default.removeItem(at: file(kind, "request"))
            } catch {
                logger.error("A request in the data folder cannot be removed.", metadata: ["error": "\(error)"])
                continue
            }
            let reply = await reply(to: kind, operations, logger)
            let draft = file(kind, "reply.new")
            guard let data = try? JSONEncoder().encode(reply),
                FileManager.default.createFile(
                    atPath: draft.path, contents: data, attributes: [.posixPermissions: 0o600])
            else { continue }
            // Whoever waits for the file finds it whole.
            rename(draft.path, file(kind, "reply").path)
        }
    }

    private func reply(to kind: Kind, _ operations: Operations, _ logger: Logger) async -> Reply {
        do {
            return Reply(text: try await Self.perform(kind, operations), isDone: true)
        } catch let error as DomainError {
            return Reply(text: error.detail, isDone: false)
        } catch {
            logger.error("A request in the data folder failed.", metadata: ["error": "\(error)"])
            return Reply(text: "The server could not do it; its log says why.", isDone: false)
        }
    }

    /// Does what is asked.
    ///
    /// - Returns: what was done, for a person.
    static func perform(_ kind: Kind, _ operations: Operations) async throws -> String {
        switch kind {
        case .rotateSigningKey:
            let key = try await operations.rotateSigningKey()
            let time = Date(timeIntervalSince1970: Double(key.signsFrom.milliseconds) / 1_000)
            return "The signing key \(key.id) is published and signs from \(time.ISO8601Format()) on."
        case .replaceSigningKeys:
            let key = try await operations.replaceSigningKeys()
            return "The signing key \(key.id) signs from now on. Every access token from before has ended."
        }
    }
}
