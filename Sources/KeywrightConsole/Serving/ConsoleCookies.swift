import Hummingbird

/// The cookies of the console: which there are, and how they are set.
struct ConsoleCookies: Sendable {
    /// Whether pages come over TLS.
    let isSecure: Bool

    /// The value of a session. The prefix keeps other hosts of the domain from setting it.
    var session: String { isSecure ? "__Host-keywright" : "keywright" }
    /// What the next page says once.
    static let flash = "keywright-flash"
    /// `light` or `dark`; absent for the system's choice. Scripts set it too.
    static let theme = "keywright-theme"
    /// `off` when single keys shall do nothing. Scripts set it too.
    static let shortcuts = "keywright-shortcuts"

    /// A cookie for this site alone, gone with the browser unless it has an age.
    func make(_ name: String, _ value: String, ageInSeconds: Int? = nil, scriptsMayRead: Bool = false) -> Cookie {
        Cookie(
            name: name, value: value, maxAge: ageInSeconds, path: "/", secure: isSecure, httpOnly: !scriptsMayRead,
            sameSite: .strict
        )
    }

    /// The cookie that takes another one away.
    func removed(_ name: String, scriptsMayRead: Bool = false) -> Cookie {
        make(name, "", ageInSeconds: 0, scriptsMayRead: scriptsMayRead)
    }
}

/// What the page after a change says once, as a toast.
struct Flash: Sendable {
    /// The sentence.
    let text: String
    /// The row that changed, to be marked for a moment.
    var changedID: String?

    /// More is not kept: names are at most 80 characters.
    private static let limitInBytes = 2_000

    /// - Parameter cookie: the value of a cookie; nil and what cannot be read give nothing.
    init?(cookie: String?) {
        guard let cookie, cookie.utf8.count <= Self.limitInBytes * 3 + 64 else { return nil }
        let parts = cookie.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let text = PercentEncoding.decode(Array(parts[1].utf8)), !text.isEmpty,
            text.utf8.count <= Self.limitInBytes
        else { return nil }
        self.text = text
        changedID = parts[0].isEmpty ? nil : String(parts[0])
    }

    init(_ text: String, changedID: String? = nil) {
        self.text = text
        self.changedID = changedID
    }

    var cookieValue: String { "\(changedID ?? "").\(PercentEncoding.encode(text))" }
}
