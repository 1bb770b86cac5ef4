import KeywrightDomain

// What a page of persons says about each of them.

extension SQLTransaction {
    func grants(of persons: [User.ID]) throws -> [User.ID: [Grant]] {
        let found = try chunked(persons) { conditions, list in
            try session.rows(
                "SELECT \(Self.grantColumns) FROM grants WHERE user_id IN \(list) ORDER BY id", conditions.arguments
            ) { (id: $0.id(12, User.self), grant: try grant($0)) }
        } bind: {
            SQLValue($0)
        }
        return Dictionary(grouping: found, by: \.id).mapValues { $0.map(\.grant) }
    }

    /// The trail knows it; each is the first step of a walk along the index of targets. A password that an operator set
    /// is nobody's sign-in.
    func lastSignIns(of persons: [User.ID], in organization: Organization.ID) throws -> [User.ID: Instant] {
        var times: [User.ID: Instant] = [:]
        for id in Set(persons) {
            times[id] = try session.first(
                """
                SELECT at FROM audit_events
                WHERE organization_id = $1 AND target_type = 'user' AND target_id = $2 AND outcome = 'success'
                    AND user_id = $3 AND action IN ('user.sign_in', 'user.invitation_accept', 'user.password_set')
                ORDER BY id DESC LIMIT 1
                """,
                [SQLValue(organization), .text(id.description), SQLValue(id)]
            ) { $0.instant(0) }
        }
        return times
    }

    func havingPassword(_ persons: [User.ID]) throws -> Set<User.ID> {
        Set(
            try chunked(persons) { conditions, list in
                try session.rows(
                    "SELECT id FROM users WHERE password_digest IS NOT NULL AND id IN \(list)", conditions.arguments
                ) { $0.id(0, User.self) }
            } bind: {
                SQLValue($0)
            }
        )
    }
}
