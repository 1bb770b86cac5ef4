import Hummingbird

/// Whether others can read what people send and see.
enum ConnectionSafety {
    /// TLS protects it.
    case encrypted
    /// It does not leave the machine.
    case loopback
    /// Plain HTTP on a network.
    case readable

    init(publicURL: String) {
        if publicURL.hasPrefix("https://") {
            self = .encrypted
        } else {
            self = Self.isLoopback(publicURL.dropFirst("http://".count)) ? .loopback : .readable
        }
    }

    private static func isLoopback(_ authority: Substring) -> Bool {
        if authority.hasPrefix("[::1]") { return true }
        let host = authority.prefix { $0 != ":" && $0 != "/" }
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers.first == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}

extension HTTPFields {
    /// Sets a field that has no constant.
    mutating func set(_ name: String, _ value: String) {
        if let name = HTTPFields.Element.Name(name) { self[name] = value }
    }

    /// The values of a field that has no constant.
    func values(_ name: String) -> [String] {
        HTTPFields.Element.Name(name).map { self[values: $0] } ?? []
    }
}
