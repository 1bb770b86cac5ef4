import KeywrightDomain

@testable import KeywrightStore

/// A store with something of everything, and what can be read of it.
enum MoveSample {
    private static let root = Population.organization
    private static let organizations = [root, NRN(organization: 2)]
    private static let texts = ["a\tb", "line\nbreak\r", "back\\slash \\N", "\u{FFFD}é日本語🔑", ""]

    /// Fills an empty store.
    static func fill(_ store: any Store) async throws -> Population {
        var population = try await Population(seed: 11, count: 300, in: store)
        try await population.shuffle(120, in: store)
        try await store.write { write in
            for (index, organization) in organizations.enumerated() {
                try addPeople(write, organization, index)
                try addTrail(write, organization)
            }
            try addTokens(write)
            try write.set("pepper.1", [0, 1, 92, 255])
            try write.set("empty", [])
        }
        try await store.write {
            try $0.removeOutdated(
                now: Population.now.advanced(by: .seconds(-400_000)), changesBefore: .start.advanced(by: .seconds(-9)))
        }
        return population
    }

    private static func addPeople(_ write: any WriteTransaction, _ organization: NRN, _ index: Int) throws {
        for (number, text) in texts.enumerated() {
            var person = try write.makePerson(
                in: organization, "p\(index)-\(number)@example.org", status: number == 1 ? .inactive : .active)
            person.lastName = text
            try write.update(person)
            if number > 0 { try write.setPasswordDigest("scrypt$\(text)", of: person.id) }
            let grant = try write.makeGrant(number == 0 ? "admin" : "member", at: organization)
            let custom = [
                2: CustomActions(actions: [.readAPIKey]),
                3: CustomActions(inherits: [Role.member], added: [.readAPIKey], removed: []),
            ]
            try write.insert(
                Grant(
                    id: grant.id, nrn: grant.nrn, roleID: grant.roleID, roleSlug: grant.roleSlug,
                    custom: custom[number]),
                to: person.id, in: organization.organizationID)
            try write.insert(
                Session(
                    id: Session.ID(try write.allocate(.session)), digest: digest(person.id.rawValue),
                    userID: person.id, createdAt: .start, lastSeenAt: .after(number == 0 ? 9 : 1),
                    expiresAt: .after(99_999_999),
                    address: number == 2 ? nil : "192.0.2.1", userAgent: text))
            try write.insert(
                FormDraft(
                    id: "draft-\(person.id)", userID: person.id, path: "/a", fields: "{\"a\":\"\(text)\"}",
                    expiresAt: .after(99_999_999)))
        }
        _ = try write.makeRole(in: organization, slug: "role-\(index)", inherits: [Role.member], assignable: .all)
    }

    /// Events of some months, and of a year far away.
    private static func addTrail(_ write: any WriteTransaction, _ organization: NRN) throws {
        for (number, text) in texts.enumerated() {
            for month in [0, 1, 2, 14, 4_000] as [Int64] {
                write.append(
                    AuditEvent.sample(
                        organization, target: "\(number) \(text)", user: number == 1 ? nil : 7,
                        outcome: number == 2 ? .refused : .success, at: .after(month * 30 * 86_400),
                        after: number == 0 ? .text(text) : nil))
            }
        }
    }

    private static func addTokens(_ write: any WriteTransaction) throws {
        try write.insert(SigningKey(id: "first", sealed: [0, 9, 10, 13, 92], createdAt: .start, signsFrom: .after(5)))
        try write.insert(
            OneTimeToken(digest: digest(3), purpose: .invitation, userID: User.ID(1), expiresAt: .after(99_999_999)))
        try write.insert(
            OneTimeToken(digest: digest(4), purpose: .setup, userID: nil, expiresAt: .after(99_999_999)))
        for number in 0..<3 {
            _ = try write.insert(
                RevokedToken(
                    name: "token-\(number)", organizationID: root.organizationID, apiKeyID: APIKey.ID(1),
                    expiresAt: .after(99_999_999)))
            try write.insert(
                IdempotencyRecord(
                    userID: User.ID(1), key: "request-\(number)", bodyDigest: digest(Int64(number)),
                    apiKeyID: APIKey.ID(Int64(number)), createdAt: .after(999_999)))
            try write.set(
                SignInAttempts(
                    digest: digest(Int64(number)), count: Int64(number), blockedUntil: .start,
                    resetsAt: .after(99_999_999)))
        }
    }

    /// What the functions of a transaction tell of it, by their names.
    static func content(_ read: any ReadTransaction) throws -> [String: any Hashable & Sendable] {
        var content: [String: any Hashable & Sendable] = [:]
        for name in ["pepper.1", "empty"] { content["setting \(name)"] = try read.setting(name) }
        content["organizations"] = try read.organizations()
        content["signingKeys"] = try read.signingKeys()
        for number in 0..<5 as Range<Int64> {
            content["oneTimeToken \(number)"] = try read.oneTimeToken(digest: digest(number))
            content["signInAttempts \(number)"] = try read.signInAttempts(digest: digest(number))
            content["revoked \(number)"] = try read.revokedToken(RevokedToken.number(of: "token-\(number)"))
            content["idempotency \(number)"] = try read.idempotencyRecord(User.ID(1), "request-\(number)")
        }
        for id in 1...700 as ClosedRange<Int64> {
            content["key \(id)"] = try read.apiKey(APIKey.ID(id))
            content["deleted \(id)"] = try read.deletedAPIKey(APIKey.ID(id))
            content["person \(id)"] = try read.person(User.ID(id))
            content["password \(id)"] = try read.passwordDigest(of: User.ID(id))
            content["sessions \(id)"] = try read.sessions(of: User.ID(id))
            content["draft \(id)"] = try read.formDraft("draft-\(id)")
            content["grants \(id)"] = try read.grants(of: User.ID(id))
            content["machine's grants \(id)"] = try read.grants(of: User.machine(of: APIKey.ID(id)))
        }
        content["uses"] = try read.uses(of: (1...700).map { APIKey.ID($0) })
        content["handles"] = try read.keyHandles(after: "", limit: 10_000)
        for organization in organizations {
            let id = organization.organizationID
            content["tree \(id)"] = try read.resourceTree(id)
            content["roles \(id)"] = try read.customRoles(id)
            content["trail \(id)"] = try read.auditChain(id, after: AuditEvent.ID(0), limit: 10_000)
            content["head \(id)"] = try read.auditHead(id)
            content["people \(id)"] = try read.users(UserQuery(organizationID: id), PageRequest(limit: 200)).results
        }
        return content
    }
}
