import KeywrightDomain

@testable import KeywrightStore

/// What writes. The calls run in this order in one transaction, which is undone.
extension StoreCall {
    static let writes = [
        StoreCall("allocate(_ counter: Counter, count: Int)") { write in
            for counter in NRN.Level.allCases.map(Counter.resource) + [.person, .role, .grant, .apiKey, .session] {
                _ = try (write.allocate(counter, count: 1), write.allocate(counter, count: 5))
            }
        },
        StoreCall("set(_ name: String, _ value: [UInt8])") { try $0.set("a", [1]) },
        StoreCall("insert(organization: Resource)") { _ = try $0.makeOrganization("New") },
        StoreCall("insert(_ resource: Resource)") { _ = try $0.makeChild(of: root) },
        StoreCall("update(_ resource: Resource)") { write in
            if var resource = try write.resource(.account, 3) {
                resource.name = "New"
                try write.update(resource)
            }
        },
        StoreCall("insert(_ role: Role)") { _ = try $0.makeRole(in: root, slug: "new") },
        StoreCall("update(_ role: Role)") { write in
            if let role = try write.customRoles(organization).last { try write.update(role) }
        },
        StoreCall("delete(_ role: Role)") { write in
            if let role = try write.customRoles(organization).last { try write.delete(role) }
        },
        StoreCall("append(_ event: AuditEvent)") { $0.append(AuditEvent.sample(root)) },
        StoreCall("append(_ change: Change)") {
            $0.append(Change(.apiKey, 50_000, in: organization))
            $0.append(Change(.signingKey, 0, in: nil))
        },
    ]

    static let people = [
        StoreCall("insert(_ person: User)") { _ = try $0.makePerson(in: root, "new@example.org") },
        StoreCall("update(_ person: User)") { write in
            if let person = try write.person(person) { try write.update(person) }
        },
        StoreCall("setPasswordDigest(_ digest: String?, of person: User.ID)") {
            try $0.setPasswordDigest("digest", of: person)
        },
        StoreCall("insert(_ grant: Grant, to user: User.ID, in organization: Organization.ID)") { write in
            try write.insert(write.makeGrant("member", at: account), to: person, in: organization)
        },
        StoreCall("delete(_ grant: Grant.ID)") { try $0.delete(Grant.ID(41)) },
        StoreCall("insert(_ session: Session)") { write in
            try write.insert(
                Session(
                    id: Session.ID(write.allocate(.session)), digest: digest(1), userID: person, createdAt: now,
                    lastSeenAt: now, expiresAt: now, address: nil, userAgent: "Browser"))
        },
        StoreCall("session(digest: [UInt8])") { _ = try $0.session(digest: digest(1)) },
        StoreCall("session(_ id: Session.ID)") { _ = try $0.session(Session.ID(41)) },
        StoreCall("sessions(of user: User.ID)") { _ = try $0.sessions(of: person) },
        StoreCall("noteUse(of session: Session.ID, at time: Instant, from address: String?)") {
            try $0.noteUse(of: Session.ID(41), at: now, from: "192.0.2.7")
        },
        StoreCall("deleteSession(_ id: Session.ID)") { _ = try $0.deleteSession(Session.ID(41)) },
        StoreCall("deleteSessions(of user: User.ID?)") { _ = try $0.deleteSessions(of: person) },
        StoreCall("signInAttempts(digest: [UInt8])") { _ = try $0.signInAttempts(digest: digest(1)) },
        StoreCall("set(_ attempts: SignInAttempts)") {
            try $0.set(SignInAttempts(digest: digest(1), count: 1, blockedUntil: now, resetsAt: now))
        },
        StoreCall("deleteSignInAttempts(digest: [UInt8])") { try $0.deleteSignInAttempts(digest: digest(1)) },
        StoreCall("formDraft(_ id: String)") { _ = try $0.formDraft("draft-41") },
        StoreCall("insert(_ draft: FormDraft)") {
            try $0.insert(FormDraft(id: "new", userID: person, path: "/", fields: "{}", expiresAt: now))
        },
        StoreCall("deleteFormDraft(_ id: String)") { _ = try $0.deleteFormDraft("draft-41") },
    ]

    static let keys = [
        StoreCall("insert(_ key: APIKey)") { try $0.makeKey(in: root, tags: [Tag(stored: "team", "t5")]) },
        StoreCall("update(_ key: APIKey, from old: APIKey)") { write in
            guard let old = try write.apiKey(key) else { throw SampleError() }
            var new = old
            (new.name, new.tags, new.expiresAt) = ("new", [], now)
            new.grants = [try write.makeGrant("ops", at: account)]
            try write.update(new, from: old)
        },
        StoreCall("delete(_ key: APIKey, leaving tombstone: DeletedAPIKey)") { write in
            guard let key = try write.apiKey(APIKey.ID(50_001)) else { throw SampleError() }
            try write.remove(key)
        },
        StoreCall("record(_ uses: [APIKeyUse])") { write in
            try write.record((50_010..<50_020).map { APIKeyUse(id: APIKey.ID($0), at: now, count: 1, address: nil) })
        },
    ]

    static let tokens = [
        StoreCall("signingKeys()") { _ = try $0.signingKeys() },
        StoreCall("insert(_ key: SigningKey)") {
            try $0.insert(SigningKey(id: "new", sealed: [1], createdAt: now, signsFrom: now))
        },
        StoreCall("deleteSigningKey(_ id: String)") { try $0.deleteSigningKey("new") },
        StoreCall("revokedToken(_ number: Int64)") { _ = try $0.revokedToken(7_919) },
        StoreCall("revokedTokens(_ numbers: [Int64])") { _ = try $0.revokedTokens((1...50).map { $0 * 7_919 }) },
        StoreCall(
            "revokedTokens(in organization: Organization.ID, after number: Int64, endingAfter time: Instant, limit: Int)"
        ) { read in
            for id in [organization, Organization.ID(7)] {
                _ = try read.revokedTokens(in: id, after: 0, endingAfter: now, limit: 1_000)
            }
        },
        StoreCall("revokedTokenCount(of key: APIKey.ID)") { _ = try $0.revokedTokenCount(of: key) },
        StoreCall("insert(_ token: RevokedToken)") {
            _ = try $0.insert(RevokedToken(name: "new", organizationID: organization, apiKeyID: key, expiresAt: now))
        },
        StoreCall("deleteRevokedTokens(of key: APIKey.ID)") { try $0.deleteRevokedTokens(of: key) },
        StoreCall("oneTimeToken(digest: [UInt8])") { _ = try $0.oneTimeToken(digest: digest(1)) },
        StoreCall("insert(_ token: OneTimeToken)") {
            try $0.insert(OneTimeToken(digest: digest(1), purpose: .invitation, userID: person, expiresAt: now))
        },
        StoreCall("consumeOneTimeToken(digest: [UInt8])") { _ = try $0.consumeOneTimeToken(digest: digest(1)) },
        StoreCall("deleteOneTimeTokens(_ purpose: OneTimeToken.Purpose, of user: User.ID?)") {
            try $0.deleteOneTimeTokens(.invitation, of: person)
            try $0.deleteOneTimeTokens(.setup, of: nil)
        },
        StoreCall("idempotencyRecord(_ user: User.ID, _ key: String)") {
            _ = try $0.idempotencyRecord(person, "request-41")
        },
        StoreCall("insert(_ record: IdempotencyRecord)") {
            try $0.insert(
                IdempotencyRecord(userID: person, key: "new", bodyDigest: digest(1), apiKeyID: key, createdAt: now))
        },
        StoreCall("removeOutdated(now: Instant, changesBefore: Instant)") {
            try $0.removeOutdated(now: now, changesBefore: now.advanced(by: .seconds(-7_200)))
            // Many keys expire at a time.
            try $0.noteExpired(now: now.advanced(by: .seconds(101 * 86_400)))
        },
    ]

    /// What is to read and write every key or session there is: after a backup was put back.
    static let whole = ["raiseAllEpochs(at time: Instant)"]
}
