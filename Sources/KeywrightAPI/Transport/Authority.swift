/// The `host[:port]` of a `Host` field, a request target or the public URL.
///
/// Hosts are compared lower-cased (ASCII), and a port that is a scheme's default equals no port at all.
struct Authority: Equatable, Sendable, CustomStringConvertible {
    let host: String
    /// `nil` for the default ports, 80 and 443.
    let port: Int?
    let description: String

    /// `nil` unless the text is a DNS name or an address literal, with or without a port from 1 to 65535.
    init?(parsing text: some StringProtocol) {
        var text = String(text)
        guard let (hostLength, port) = text.withUTF8(Self.parse) else { return nil }
        let host = String(decoding: text.utf8.prefix(hostLength).map(\.asciiLowercased), as: UTF8.self)
        self.host = host
        self.port = port == 80 || port == 443 ? nil : port
        description = self.port.map { "\(host):\($0)" } ?? host
    }

    /// Whether the text is an authority, without making one.
    static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8(parse) != nil
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> (hostLength: Int, port: Int?)? {
        let hostLength: Int
        if bytes.first == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")), bracket > 1,
                bytes[1..<bracket].allSatisfy(isInAddressLiteral)
            else { return nil }
            hostLength = bracket + 1
        } else {
            hostLength = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            guard (1...253).contains(hostLength), bytes[..<hostLength].allSatisfy(isInName) else { return nil }
        }
        let rest = bytes[hostLength...]
        guard let colon = rest.first else { return (hostLength, nil) }
        let digits = rest.dropFirst()
        guard colon == UInt8(ascii: ":"), digits.count <= 5, digits.allSatisfy(\.isASCIIDigit) else { return nil }
        guard !digits.isEmpty else { return (hostLength, nil) }
        let port = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return (1...65_535).contains(port) ? (hostLength, port) : nil
    }

    private static func isInName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isInAddressLiteral(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

extension UInt8 {
    /// The byte with an upper-case ASCII letter replaced by its lower-case one.
    fileprivate var asciiLowercased: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }

    fileprivate var isASCIIDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}

extension StringProtocol {
    /// Whether the bytes are the same but for the case of ASCII letters.
    func equalsIgnoringASCIICase(_ other: StaticString) -> Bool {
        guard utf8.count == other.utf8CodeUnitCount else { return false }
        return other.withUTF8Buffer { bytes in
            zip(utf8, bytes).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
        }
    }
}

extension Substring {
    /// The text without the blanks and tabs around it.
    var trimmingBlanks: Substring {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard let first = utf8.firstIndex(where: { !isBlank($0) }),
            let last = utf8.lastIndex(where: { !isBlank($0) })
        else { return self[startIndex..<startIndex] }
        return self[first...last]
    }
}
