import KeywrightWire

/// API keys as people read them.
enum KeyText {
    /// One line a key.
    static func table(_ keys: [APIKeyObject], now: Int64) -> TextTable {
        var table = TextTable("ID", "NAME", "KEY", "STATUS", "GRANTS", "TAGS", "LAST USED", "EXPIRES")
        for key in keys {
            let grants = key.grants.prefix(2).map(grant) + (key.grants.count > 2 ? ["+\(key.grants.count - 2)"] : [])
            table.add(
                "\(key.id)", key.name, key.maskedAPIKey, status(key, now: now), grants.joined(separator: ", "),
                key.tags.map(tag).joined(separator: ", "), DisplayedTime.text(key.lastUsedAt, without: "never"),
                DisplayedTime.text(key.expiresAt, without: "never")
            )
        }
        return table
    }

    /// Everything about one key.
    static func details(_ key: APIKeyObject, now: Int64) -> String {
        TextTable.details([
            ("ID", ["\(key.id)"]), ("Name", [key.name]), ("Key", [key.maskedAPIKey]),
            ("Status", [status(key, now: now)]), ("Grants", key.grants.map(grant)), ("Tags", key.tags.map(tag)),
            ("Expires", [DisplayedTime.text(key.expiresAt, without: "never")]),
            ("Last used", [DisplayedTime.text(key.lastUsedAt, without: "never")]),
            ("Created", ["\(DisplayedTime.text(key.createdAt, without: "-")) by user \(key.ownerID)"]),
            ("Updated", [DisplayedTime.text(key.updatedAt, without: "-")]),
            ("Acts as", ["user \(key.userID)"]),
        ])
    }

    /// `active`, `disabled` or `expired`.
    static func status(_ key: APIKeyObject, now: Int64) -> String {
        if !key.isEnabled { return "disabled" }
        guard let time = key.expiresAt.flatMap(WireTime.parse) else { return "active" }
        return time <= now ? "expired" : "active"
    }

    /// A grant in the spelling in which `--grant`, `--grant-actions` and `--grant-inherits` take it.
    static func grant(_ grant: GrantObject) -> String {
        guard let actions = grant.actions else { return "\(grant.nrn)=\(grant.roleSlug)" }
        let inherited = (grant.inherits ?? []).map(\.slug)
        guard !inherited.isEmpty else { return "\(grant.nrn)=\(actions.joined(separator: ","))" }
        let changes = (grant.added ?? []).map { "+\($0)" } + (grant.removed ?? []).map { "-\($0)" }
        return "\(grant.nrn)=\((inherited + changes).joined(separator: ","))"
    }

    private static func tag(_ tag: TagObject) -> String {
        "\(tag.key):\(tag.value)"
    }
}
