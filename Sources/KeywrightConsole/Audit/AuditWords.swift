import KeywrightDomain

/// What an event did, in words for people.
struct AuditWords {
    /// An action that the trail knows.
    struct Known {
        /// As in `api_key.create`.
        let name: String
        /// As in "created API key".
        let done: String
        /// What was wanted when it was refused, as in "create API key".
        let wish: String

        init(_ name: String, _ done: String, _ wish: String) {
            self.name = name
            self.done = done
            self.wish = wish
        }
    }

    /// In the order in which people choose from them.
    static let known: [Known] =
        [
            Known("api_key.create", "created API key", "create API key"),
            Known("api_key.update", "changed API key", "change API key"),
            Known("api_key.delete", "deleted API key", "delete API key"),
            Known("role.create", "created role", "create role"),
            Known("role.update", "changed role", "change role"),
            Known("role.delete", "deleted role", "delete role"),
            Known("grant.create", "gave grants to", "give grants to"),
            Known("grant.replace", "changed grants of", "change grants of"),
            Known("grant.delete", "took grants from", "take grants from"),
            Known("user.invite", "invited", "invite"),
            Known("user.invitation_accept", "accepted the invitation of", "accept the invitation of"),
            Known("user.create", "added person", "add person"),
            Known("user.update", "changed person", "change person"),
            Known("user.password_reset", "made a password reset link for", "make a password reset link for"),
            Known("user.password_set", "set the password of", "set the password of"),
            Known("user.password_change", "changed the password of", "change the password of"),
            Known("user.sign_in", "signed in as", "sign in as"),
            Known("user.sign_out", "signed out", "sign out"),
            Known("session.end", "ended session", "end session"),
            Known("session.end_all", "ended all sessions of", "end all sessions of"),
        ]
        + NRN.Level.allCases.flatMap { level -> [Known] in
            let name = level.name
            return [
                Known("\(name).create", "added \(name)", "add \(name)"),
                Known("\(name).update", "changed \(name)", "change \(name)"),
                Known("\(name).delete", "archived \(name)", "archive \(name)"),
            ].filter { level != .organization || $0.name == "organization.update" }
        }
        + [
            Known("organization.create", "set up organization", "set up organization"),
            Known("administrator.create", "made administrator", "make administrator"),
            Known("token.revoke", "revoked", "revoke"),
            Known("signing_key.rotate", "added signing key", "add signing key"),
            Known("signing_key.replace", "replaced all signing keys by", "replace all signing keys by"),
            Known("signing_key.remove", "removed signing key", "remove signing key"),
            Known("installation.restore", "put a backup back for", "put a backup back for"),
        ]

    private static let byName = Dictionary(known.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// What a filter calls an action: "Created API key".
    static func label(of action: String) -> String {
        let words = byName[action]?.done ?? plain(action)
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// An action that came later: "api key rotate".
    private static func plain(_ action: String) -> String {
        action.split(whereSeparator: { $0 == "." || $0 == "_" }).joined(separator: " ")
    }

    /// What people do to themselves, as in "changed their password".
    private static let own = [
        "user.sign_in": "signed in", "user.sign_out": "signed out", "user.password_change": "changed their password",
        "user.password_set": "set their password", "user.invitation_accept": "accepted their invitation",
        "user.update": "changed their own data", "session.end_all": "ended all their own sessions",
    ]

    /// As in "created API key", "tried to delete role".
    let action: String
    /// Whether the action says all: the target is whoever acted.
    let isOwn: Bool

    init(_ event: AuditEvent, before: AuditEvent.Snapshot?, after: AuditEvent.Snapshot?) {
        let known = Self.byName[event.action]
        let isSelf = event.userID.map { event.target == .init("user", $0.description) } ?? false
        let own = isSelf || event.action == "user.sign_out" ? Self.own[event.action] : nil
        isOwn = event.outcome == .success && own != nil
        switch event.outcome {
        case .success where own != nil: action = own ?? ""
        case .success:
            action = Self.precisely(event.action, before, after) ?? known?.done ?? "did \(Self.plain(event.action))"
        case .refused: action = "tried to \(known?.wish ?? "do \(Self.plain(event.action))")"
        case .failure: action = "failed to \(known?.wish ?? "do \(Self.plain(event.action))")"
        }
    }

    /// What a change was about, when it was about one thing alone.
    private static func precisely(
        _ action: String, _ before: AuditEvent.Snapshot?, _ after: AuditEvent.Snapshot?
    ) -> String? {
        guard let before, let after else { return nil }
        let changed = after.memberNames.filter { before[$0] != after[$0] }
        guard changed.count == 1, let name = changed.first else { return nil }
        let what = action.hasPrefix("api_key.") ? "API key" : action.hasPrefix("user.") ? "person" : nil
        switch (action, name) {
        case ("api_key.update", "grants"): return "changed grants of API key"
        case ("api_key.update", "tags"): return "changed tags of API key"
        case ("api_key.update", "enabled"): return "\(after[name] == .flag(true) ? "enabled" : "disabled") API key"
        case ("api_key.update", "expires_at"): return "changed the expiry of API key"
        case ("user.update", "status"):
            return "\(after[name] == .text(User.Status.active.rawValue) ? "activated" : "deactivated") person"
        case (_, "name") where action.hasSuffix(".update"):
            return "renamed \(what ?? String(action.prefix { $0 != "." }))"
        default: return nil
        }
    }
}

extension AuditEvent.Snapshot {
    /// The value of a member; nil when there is none.
    subscript(name: String) -> AuditEvent.Snapshot? {
        guard case .members(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The names of the members, in their order.
    var memberNames: [String] {
        guard case .members(let members) = self else { return [] }
        return members.map(\.name)
    }

    /// The text that it is; nil when it is something else.
    var plainText: String? {
        if case .text(let text) = self { return text }
        return nil
    }
}
