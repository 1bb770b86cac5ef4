import KeywrightDomain
import KeywrightStore

/// A random organization full of keys, among the keys of another one, and the same keys in memory.
struct Population {
    static let organization = NRN(organization: 1)
    static let now = Instant.after(1_000_000)

    private static let words = [
        "Deploy", "deploy", "DEPLOY-eu", "Caf\u{E9}", "Cafe\u{301}", "100%", "a_b", "say \"hi\"", "it's", "日本語",
        "ΣΊΣΥΦΟΣ", "straße", "x", "  ",
        "OR *", "NEAR(a b)", "İstanbul", "🔑🔑🔑", "abc", "\\", "deplo",
    ]
    private static let slugs = ["member", "ops", "machine:ci", "account:admin", "Ops"]
    private static let tags = ["team:a", "team:b", "team:A", "env:é", "env:e\u{301}", "env:a=b:c", "CI:100%"].map {
        text in
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        return Tag(stored: parts[0], parts[1])
    }

    private var random: SeededGenerator
    private let places: [NRN]
    private let foreignPlaces: [NRN]
    /// What the store holds.
    private(set) var keys: [APIKey] = []

    /// Fills an empty store.
    init(seed: Int, count: Int, in store: any Store) async throws {
        random = SeededGenerator(seed: seed)
        (places, foreignPlaces) = try await store.write { write in
            func tree(_ name: String) throws -> [NRN] {
                var all = [try write.makeOrganization(name)]
                var parents = all
                for width in [3, 2, 2, 2] {
                    parents = try parents.flatMap { parent in
                        try (0..<width).map { _ in try write.makeChild(of: parent) }
                    }
                    all += parents
                }
                return all
            }
            return (try tree("One"), try tree("Two"))
        }
        for start in stride(from: 0, to: count, by: 50) {
            var draft = self
            let added = draft.drafts(min(50, count - start))
            random = draft.random
            keys += try await store.write { write in try added.map { try $0.insert(write) } }
        }
    }

    /// A key that has no ids yet.
    private struct Draft: Sendable {
        var organization: NRN
        var name: String
        var ending: String
        var tags: [Tag]
        var grants: [(slug: String, place: NRN)]
        var owner: Int64
        var isInternal: Bool
        var isEnabled: Bool
        var expiresAt: Instant?
        var lastUsedAt: Instant?
        var createdAt: Instant

        func insert(_ write: any WriteTransaction) throws -> APIKey {
            try write.makeKey(
                in: organization, name: name, ending: ending, tags: tags, grants: newGrants(write), owner: owner,
                isInternal: isInternal, isEnabled: isEnabled, expiresAt: expiresAt, lastUsedAt: lastUsedAt,
                createdAt: createdAt
            )
        }

        func newGrants(_ write: any WriteTransaction) throws -> [Grant] {
            try grants.map {
                Grant(id: Grant.ID(try write.allocate(.grant)), nrn: $0.place, roleID: Role.member, roleSlug: $0.slug)
            }
        }
    }

    private mutating func drafts(_ count: Int) -> [Draft] {
        (0..<count).map { _ in
            let isForeign = random.once(in: 8)
            let grants = (0..<random.number(1...3)).map { _ in
                (random.pick(Self.slugs), random.pick(isForeign ? foreignPlaces : places))
            }
            return Draft(
                organization: isForeign ? NRN(organization: 2) : Self.organization, name: name(),
                ending: random.pick(["wxyz", "WXYZ", "depl", "0000"]), tags: tags(), grants: grants,
                owner: Int64(random.number(1...4)), isInternal: random.once(in: 12), isEnabled: !random.once(in: 5),
                expiresAt: random.once(in: 2) ? nil : time(), lastUsedAt: random.once(in: 3) ? nil : time(),
                createdAt: .after(Int64(keys.count) * 1_000)
            )
        }
    }

    /// Some tags with distinct keys.
    private mutating func tags() -> [Tag] {
        random.some(of: Self.tags, 0...5).reduce(into: []) { tags, tag in
            if !tags.contains(where: { $0.key == tag.key }) { tags.append(tag) }
        }
    }

    private mutating func name() -> String {
        random.some(of: Self.words, 1...3).joined(separator: random.pick(["", " ", "-"]))
    }

    /// A moment around now, of few so that several keys share one.
    private mutating func time() -> Instant {
        .after(Int64(random.number(0...20)) * 100_000)
    }

    /// Changes some of the keys in every way that a list could notice, and removes some.
    mutating func shuffle(_ count: Int, in store: any Store) async throws {
        for _ in 0..<count {
            let index = random.number(0...(keys.count - 1))
            let old = keys[index]
            if random.once(in: 6) {
                try await store.write { try $0.remove(old) }
                keys.remove(at: index)
                continue
            }
            let draft = drafts(1)[0]
            let isMoved = random.once(in: 2)
            let kept = random.some(of: old.grants, 0...old.grants.count)
            let grants = draft.grants.map { (slug: $0.slug, place: isMoved ? moved($0.place, to: old) : $0.place) }
            var new = old
            if random.once(in: 2) { new.name = draft.name }
            if random.once(in: 2) { new.tags = draft.tags }
            if random.once(in: 2) { new.isEnabled = draft.isEnabled }
            if random.once(in: 2) { new.expiresAt = draft.expiresAt }
            new.version += 1
            let changesGrants = random.once(in: 2)
            let use = random.once(in: 3) ? time() : nil
            keys[index] = try await store.write { [new] write in
                var new = new
                if changesGrants {
                    let added = try grants.map { grant in
                        Grant(
                            id: Grant.ID(try write.allocate(.grant)), nrn: Self.home(grant.place, of: old),
                            roleID: Role.member, roleSlug: grant.slug
                        )
                    }
                    new.grants = (kept + added).sorted { $0.id < $1.id }
                }
                try write.update(new, from: old)
                if let use { try write.record([APIKeyUse(id: old.id, at: use, count: 1, address: nil)]) }
                new.lastUsedAt = [new.lastUsedAt, use].compactMap(\.self).max()
                return new
            }
        }
    }

    private func moved(_ place: NRN, to key: APIKey) -> NRN { place.parent ?? place }

    /// The place in the organization of the key: a foreign one becomes the organization itself.
    private static func home(_ place: NRN, of key: APIKey) -> NRN {
        place.organizationID == key.organizationID ? place : NRN(key.organizationID)
    }

    // MARK: Filters

    /// One way to narrow a list.
    struct Filter: Sendable {
        let name: String
        let apply: @Sendable (inout APIKeyQuery) -> Void
    }

    /// Each filter of the list once or more, with values that hit some keys.
    mutating func filters() -> [Filter] {
        let hit = random.pick(keys)
        let words = random.pick(Self.words)
        let place = random.pick(hit.grants).nrn
        let other = random.pick(places)
        let few = random.some(of: places, 2...6)
        let (roles, tag, tags) = (
            random.some(of: Self.slugs, 2...3), random.pick(Self.tags), random.some(of: Self.tags, 2...2)
        )
        let (owner, moment, later, slug) = (Int64(random.number(1...4)), time(), time(), random.pick(Self.slugs))
        let search = random.pick([
            words, hit.name, hit.handle, hit.ending, String(hit.name.prefix(2)), words.uppercased(),
        ])
        return [
            Filter(name: "name \(hit.name)") { $0.name = hit.name },
            Filter(name: "search \(search)") { $0.search = search },
            Filter(name: "search \(words)") { $0.search = words },
            Filter(name: "at \(place)") { $0.places.append(.at(place)) },
            Filter(name: "below \(other)") { $0.places.append(.below(other)) },
            Filter(name: "reaching \(place)") { $0.places.append(.reaching(place)) },
            Filter(name: "role \(slug)") { $0.roleSlugs = [slug] },
            Filter(name: "roles \(roles)") { $0.roleSlugs = roles },
            Filter(name: "tag \(tag)") { $0.tags.append(tag) },
            Filter(name: "tags \(tags)") { $0.tags += tags },
            Filter(name: "owner \(owner)") { $0.ownerID = User.ID(owner) },
            Filter(name: "active") { $0.status = .active },
            Filter(name: "disabled") { $0.status = .disabled },
            Filter(name: "expired") { $0.status = .expired },
            Filter(name: "used since \(moment)") { $0.use = .since(moment) },
            Filter(name: "not used since \(later)") { $0.use = .notSince(later) },
            Filter(name: "never used") { $0.use = .never },
            Filter(name: "visible within \(other)") { $0.visibleWithin = [other] },
            Filter(name: "visible within \(few)") { $0.visibleWithin = few },
        ]
    }

    /// A part of a list, some of them beyond its end.
    mutating func page() -> PageRequest {
        PageRequest(limit: random.number(1...40), offset: random.pick([0, 0, 0, 1, 7, 25, 300]))
    }
}
