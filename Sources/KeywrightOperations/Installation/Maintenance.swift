import KeywrightDomain
import KeywrightStore
import Logging

extension Operations {
    /// How long the change log is kept.
    static let changeLifetime: Duration = .seconds(24 * 3600)

    /// Writes gathered uses, removes what has outlived its use, and rotates the signing key in its time.
    public func maintain() async throws {
        try await flushUsage()
        let time = now()
        try await store.write {
            try $0.removeOutdated(now: time, changesBefore: time.advanced(by: .zero - Self.changeLifetime))
        }
        try await keepSigningKeys()
        try await store.makeRoomAhead()
    }

    /// Whether the database answers, and this node has heard of what others changed.
    ///
    /// - Throws: `.unavailable` when not.
    public func checkReadiness() async throws {
        guard store.isCurrent else {
            throw DomainError(.unavailable, "This node has not heard from the database for two seconds.")
        }
        do {
            _ = try await store.read { try $0.hasPersons() }
        } catch {
            logger.error("The database does not answer.", metadata: ["error": "\(error)"])
            throw DomainError(.unavailable, "The database does not answer.")
        }
    }

    /// Whether somebody can administer the installation already.
    public func isSetUp() async throws -> Bool {
        try await store.read { try $0.hasPersons() }
    }
}
