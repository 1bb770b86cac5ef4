import KeywrightDomain
import KeywrightStore

/// What a session begins with.
struct SessionStart: Sendable {
    let value: Secret
    let digest: [UInt8]
    let formToken: String
    let time: Instant
    let origin: Principal.Origin
    let userAgent: String

    /// Adds the session; the person's oldest ones end when there are too many.
    func session(of user: User, in transaction: any WriteTransaction) throws -> NewSession {
        let known = try transaction.sessions(of: user.id)
        let live = known.filter { $0.isLive(at: time) }
        let ended = live.dropFirst(Session.limit - 1) + known.filter { !$0.isLive(at: time) }.dropFirst(Session.limit)
        for session in ended { _ = try transaction.deleteSession(session.id) }
        let session = Session(
            id: Session.ID(try transaction.allocate(.session)), digest: digest, userID: user.id, createdAt: time,
            lastSeenAt: time, expiresAt: time.advanced(by: Session.lifetime), address: origin.address,
            userAgent: userAgent
        )
        try transaction.insert(session)
        let principal = try Principal(of: user, in: session, from: origin, transaction)
        return NewSession(
            value: value,
            signedIn: SignedIn(
                user: user, organizationName: try Operations.organizationName(of: user, transaction),
                principal: principal, session: session, formToken: formToken
            )
        )
    }
}

extension Operations {
    /// The length of a session's value: 256 bits in base64url.
    static let sessionValueLength = 43

    /// A session that may begin, with a value nobody has had.
    func sessionStart(at time: Instant, _ origin: Principal.Origin, _ userAgent: String?) -> SessionStart {
        let value = Secret(Base64URL.encode(random.bytes(32)))
        return SessionStart(
            value: value, digest: sessionKeys.digest(ofValue: value), formToken: sessionKeys.formToken(for: value),
            time: time, origin: origin, userAgent: UserAgentLabel.text(for: userAgent)
        )
    }
}

/// A browser and its system in a few words, as in "Firefox on Linux"; for people to know their sessions by.
enum UserAgentLabel {
    private static let browsers = [
        ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]
    private static let systems = [
        ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ]

    /// Empty when nothing in the header is known.
    static func text(for header: String?) -> String {
        guard let header else { return "" }
        let bytes = Array(header.utf8.prefix(512))
        func first(_ names: [(mark: String, name: String)]) -> String? {
            names.first { contains(bytes, Array($0.mark.utf8)) }?.name
        }
        switch (first(browsers), first(systems)) {
        case (let browser?, let system?): return "\(browser) on \(system)"
        case (let browser?, nil): return browser
        case (nil, let system?): return system
        case (nil, nil): return ""
        }
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }
}
