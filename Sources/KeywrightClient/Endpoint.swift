#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where a server is: a scheme, a host, and a path when a proxy puts it under one.
struct Endpoint: Sendable {
    /// The URL without a slash at its end.
    let base: String
    /// Whether requests leave this machine unencrypted.
    let isInTheClear: Bool

    /// Reads a URL such as `https://keys.example.com`.
    ///
    /// - Throws: `.settings`. The text does not repeat the URL, which may hold a password by mistake.
    init(parsing text: String) throws(KeywrightClientError) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, (1...65_535).contains(parts.port ?? 80)
        else { throw .settings("The server's URL must look like https://keys.example.com or http://127.0.0.1:8080.") }
        guard parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil else {
            throw .settings("The server's URL must have no user, password, query or fragment.")
        }
        var base = text
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        isInTheClear = scheme == "http" && !Endpoint.isLoopback(host)
    }

    /// The URL of a request.
    ///
    /// - Parameter path: starts with a slash and holds no character that would need escaping.
    func url(_ path: String, _ parameters: [Parameter]) -> String {
        parameters.isEmpty ? base + path : "\(base)\(path)?\(Parameter.query(parameters))"
    }

    private static func isLoopback(_ host: String) -> Bool {
        let bytes = Array(host.utf8)
        let isIPv4 = host.hasPrefix("127.") && bytes.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
        return isIPv4 || ["localhost", "::1", "[::1]"].contains(host.lowercased())
    }
}

/// A parameter of a query string, a field of a form or of a header, not yet encoded.
struct Parameter: Sendable, Equatable {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Names and values, percent-encoded and joined, as they stand in a query string or a form.
    static func query(_ parameters: [Parameter]) -> String {
        parameters.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    }

    /// Percent-encodes every byte that is not unreserved (RFC 3986, section 2.3).
    private static func escape(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += byte < 16 ? "%0" : "%"
                result += String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    /// A parameter that is left out when there is no value.
    static func optional(_ name: String, _ value: (some CustomStringConvertible)?) -> [Parameter] {
        value.map { [Parameter(name, $0.description)] } ?? []
    }

    /// A parameter with several values, separated by commas; left out when there are none.
    static func list(_ name: String, _ values: [some CustomStringConvertible]) -> [Parameter] {
        values.isEmpty ? [] : [Parameter(name, values.map(\.description).joined(separator: ","))]
    }
}
