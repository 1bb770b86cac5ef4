public import HTTPTypes

/// Who called, as far as can be known: the connection's other side, or whom trusted proxies name.
public struct CallerOrigin: Hashable, Sendable {
    /// `nil` when the connection has no IP address.
    public let address: IPAddress?
    /// `http` or `https`, as the caller used it.
    public let scheme: String
    /// The `host[:port]` that the caller asked for.
    public let host: String
}

/// The proxies whose `X-Forwarded-*` fields are believed. Anybody else could write there what they like.
public struct TrustedProxies: Hashable, Sendable {
    private let networks: [IPNetwork]

    /// Believes nobody.
    public static let none = TrustedProxies()

    private init() {
        networks = []
    }

    /// - Parameter networks: Addresses or networks in CIDR notation, of IPv4 or IPv6.
    /// - Throws: `TransportSettingsError` naming the first that is neither.
    public init(parsing networks: [String]) throws {
        self.networks = try networks.map { text in
            guard let network = IPNetwork(parsing: text) else { throw TransportSettingsError.network(text) }
            return network
        }
    }

    /// Whether the address is that of a trusted proxy.
    public func contains(_ address: IPAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }

    /// Who called.
    ///
    /// Every proxy appends whom it got the request from, so the list is read from its end, for as long as those named
    /// are trusted themselves: the first that is not, is the caller. What stands before it the caller may have written.
    /// Scheme and host are those that the proxy saw which the caller talked to.
    ///
    /// - Parameters:
    ///   - peer: The connection's other side.
    ///   - scheme: The connection's own scheme.
    public func origin(of request: HTTPRequest, peer: IPAddress?, scheme: String) -> CallerOrigin {
        let host = request.authority ?? ""
        guard let peer, contains(peer) else { return CallerOrigin(address: peer, scheme: scheme, host: host) }

        let (caller, hops) = caller(behind: peer, forwardedFor: Self.values(of: "X-Forwarded-For", in: request))
        let forwardedScheme = Self.entry(ofHop: hops, in: Self.entries(of: "X-Forwarded-Proto", in: request))
            .map { $0.lowercased() }
            .flatMap { $0 == "http" || $0 == "https" ? $0 : nil }
        let forwardedHost = Self.entry(ofHop: hops, in: Self.entries(of: "X-Forwarded-Host", in: request))
            .flatMap { Authority(parsing: $0) == nil ? nil : String($0) }
        return CallerOrigin(address: caller, scheme: forwardedScheme ?? scheme, host: forwardedHost ?? host)
    }

    /// Who called, and how many trusted proxies lie between.
    ///
    /// - Parameters:
    ///   - peer: the connection's other side, a trusted proxy.
    ///   - values: the values of `X-Forwarded-For`.
    func caller(behind peer: IPAddress, forwardedFor values: [String]) -> (address: IPAddress, hops: Int) {
        var caller = peer
        var hops = 0
        for entry in Self.entries(of: values).reversed() {
            guard contains(caller), let address = Self.address(in: entry) else { break }
            caller = address
            hops += 1
        }
        return (caller, hops)
    }

    private static func values(of name: String, in request: HTTPRequest) -> [String] {
        HTTPField.Name(name).map { request.headerFields[values: $0] } ?? []
    }

    private static func entries(of name: String, in request: HTTPRequest) -> [Substring] {
        entries(of: values(of: name, in: request))
    }

    private static func entries(of values: [String]) -> [Substring] {
        values.flatMap { value in
            value.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmingBlanks)
        }
    }

    /// The entry that the proxy wrote which stands so many hops away; the first one when fewer proxies write any.
    private static func entry(ofHop hops: Int, in entries: [Substring]) -> Substring? {
        entries.isEmpty ? nil : entries[max(0, entries.count - max(1, hops))]
    }

    /// Some proxies add a port, and brackets around an IPv6 address.
    private static func address(in entry: Substring) -> IPAddress? {
        if let address = IPAddress(parsing: String(entry)) { return address }
        if entry.utf8.first == UInt8(ascii: "[") {
            guard let bracket = entry.utf8.lastIndex(of: UInt8(ascii: "]")), isPort(entry[bracket...].dropFirst())
            else { return nil }
            return IPAddress(parsing: String(entry[..<bracket].dropFirst()))
        }
        guard let colon = entry.utf8.firstIndex(of: UInt8(ascii: ":")), isPort(entry[colon...]) else { return nil }
        return IPAddress(parsing: String(entry[..<colon]))
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard let colon = text.utf8.first else { return true }
        return colon == UInt8(ascii: ":") && (2...6).contains(text.utf8.count)
            && text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }
}
