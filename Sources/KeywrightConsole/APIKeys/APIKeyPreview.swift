import KeywrightDomain

/// What a key with some grants would be able to do, in words, and what to think about before giving it that.
struct APIKeyPreview: Encodable {
    let sentences: [String]
    let warnings: [String]

    /// - Parameter key: the key that is being changed: its grants that are no roles may be among the entries.
    init(_ entries: APIKeyEntries, of key: APIKey?, _ names: APIKeyNames) {
        var order: [NRN] = []
        var allowed: [NRN: ActionSet] = [:]
        var warnings: [String] = []
        for row in entries.rows {
            guard let nrn = try? NRN(parsing: row.nrn), names.resources[nrn]?.isLive == true else { continue }
            let name = names.resources.name(of: nrn)
            for slug in row.roles {
                guard let actions = Self.actions(slug, nrn, key, names) else { continue }
                if allowed[nrn] == nil { order.append(nrn) }
                allowed[nrn] = (allowed[nrn] ?? .none).union(actions)
                if actions.contains(.createAPIKey) {
                    warnings.append(
                        "\(names.catalogue.role(slug: slug)?.name ?? slug) on \(name) lets the key create and change other keys"
                    )
                }
            }
            if nrn.level == .organization, !row.roles.isEmpty {
                warnings.append("A grant on the organization reaches everything in \(name)")
            }
        }
        sentences = order.flatMap { nrn in
            Abilities(allowed[nrn] ?? .none, at: names.resources.name(of: nrn)).sentences
        }
        var seen: Set<String> = []
        self.warnings = warnings.filter { seen.insert($0).inserted }
    }

    private static func actions(_ slug: String, _ nrn: NRN, _ key: APIKey?, _ names: APIKeyNames) -> ActionSet? {
        if let grant = key?.grants.first(where: { APIKeyEntries.kept($0) == slug && $0.nrn == nrn }) {
            return names.catalogue.effectiveActions(of: grant)
        }
        return names.catalogue.role(slug: slug).map(names.catalogue.effectiveActions(of:))
    }
}
