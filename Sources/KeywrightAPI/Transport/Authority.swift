/// The `host[:port]` of a `Host` field, a request target or the public URL.
///
/// Hosts are compared lower-cased (ASCII), and a port that is a scheme's default equals no port at all.
struct Authority: Equatable, Sendable {
    let host: String
    /// `nil` for the default ports, 80 and 443.
    let port: Int?

    /// `nil` unless the text is a DNS name or an address literal, with or without a port from 1 to 65535.
    init?(parsing text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let hostEnd: Int
        if bytes.first == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")), bracket > 1,
                bytes[1..<bracket].allSatisfy(Self.isInAddressLiteral)
            else { return nil }
            hostEnd = bracket + 1
        } else {
            hostEnd = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            guard hostEnd > 0, hostEnd <= 253, bytes[..<hostEnd].allSatisfy(Self.isInName) else { return nil }
        }
        host = String(decoding: bytes[..<hostEnd].map(\.asciiLowercased), as: UTF8.self)

        let rest = bytes[hostEnd...]
        guard let colon = rest.first else {
            port = nil
            return
        }
        guard colon == UInt8(ascii: ":"), rest.count <= 6, rest.dropFirst().allSatisfy(\.isASCIIDigit) else {
            return nil
        }
        if rest.count == 1 {
            port = nil
            return
        }
        let number = rest.dropFirst().reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        guard (1...65_535).contains(number) else { return nil }
        port = number == 80 || number == 443 ? nil : number
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
