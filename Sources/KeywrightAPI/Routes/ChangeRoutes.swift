import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import KeywrightWire

extension API {
    /// `/v1/changes`: what verifiers that decide by themselves must forget.
    var changeRoutes: [Route] {
        [authenticated(.get, "/v1/changes", readChanges)]
    }

    @Sendable private func readChanges(_ call: Call, _ principal: Principal) async throws -> Answer {
        let longest = Int(Operations.longestWait.components.seconds)
        let (cursor, wait) = try call.query(["after", "wait"]) { query in
            let wait = query.value("wait", "The parameter wait is a number of seconds from 0 to \(longest).") { text in
                Query.number(text).flatMap { $0 <= longest ? $0 : nil }
            }
            return (query["after"], wait ?? 0)
        }
        let part = try await operations.changes(after: cursor, waiting: .seconds(wait), as: principal)
        return try .json(ChangesResponse(part))
    }
}

extension ChangesResponse {
    fileprivate init(_ part: ChangePart) {
        self.init(
            cursor: part.cursor, isReset: part.isReset, hasMore: part.hasMore,
            changes: part.changes.compactMap { change in
                switch change.subject {
                case .apiKey: ChangeObject(.apiKey, id: change.id)
                case .role: ChangeObject(.role, id: change.id)
                case .resource: ChangeObject(.resource, id: change.id)
                case .organization: ChangeObject(.organization, id: change.id)
                case .signingKey: ChangeObject(.signingKey)
                case .token:
                    part.tokens[change.id].map { ChangeObject(tokenID: $0.name, expiresAt: $0.expiresAt.text) }
                case .user: nil
                }
            }
        )
    }
}
