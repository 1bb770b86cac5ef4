/// How an API key is written: `kw_` + 12 base62 handle + `_` + 32 base62 secret + 6 base62 CRC-32 of all before it.
///
/// The handle is public, the secret carries 190 bits. The checksum lets scanners and servers drop garbage without a
/// look-up. No lower-cased, trimmed or decoded variant is accepted.
public struct KeyFormat: Sendable, Hashable {
    /// Length of the public handle.
    public static let handleLength = 12
    /// Length of the secret part.
    public static let secretLength = 32
    /// Length of the checksum.
    public static let checksumLength = 6

    /// The installation's prefix, `kw` unless configured.
    public let prefix: String
    private let prefixBytes: [UInt8]

    /// A format with that prefix.
    ///
    /// - Throws: `.invalid` unless it matches `^[a-z][a-z0-9]{1,11}$`.
    public init(prefix: String = "kw") throws(DomainError) {
        let bytes = Array(prefix.utf8)
        let isLetter = { (byte: UInt8) in (0x61...0x7A).contains(byte) }
        guard bytes.count >= 2, bytes.count <= 12, let first = bytes.first, isLetter(first),
            bytes.allSatisfy({ isLetter($0) || (0x30...0x39).contains($0) })
        else {
            throw .invalid("", "A key prefix has 2 to 12 lower-case letters or digits and starts with a letter.")
        }
        self.prefix = prefix
        prefixBytes = bytes + [UInt8(ascii: "_")]
    }

    /// The length of a whole key in bytes.
    public var length: Int {
        prefixBytes.count + Self.handleLength + 1 + Self.secretLength + Self.checksumLength
    }

    /// A new key from a random source.
    public func generate(using generator: inout some RandomNumberGenerator) -> NewKey {
        let handle = Base62.random(Self.handleLength, using: &generator)
        let secret = Base62.random(Self.secretLength, using: &generator)
        let body = prefixBytes + handle + [UInt8(ascii: "_")] + secret
        let whole = body + Base62.encode(CRC32.checksum(body.span), width: Self.checksumLength)
        return NewKey(
            value: Secret(String(decoding: whole, as: UTF8.self)),
            parts: KeyParts(handle: handle, secret: secret),
            ending: String(decoding: whole.suffix(4), as: UTF8.self)
        )
    }

    /// Takes a key apart; nil when it is not one of this installation's, checksum included.
    public func parse(_ key: [UInt8]) -> KeyParts? {
        guard let handle = handle(in: key.span) else { return nil }
        return KeyParts(handle: Array(handle.description.utf8), secret: Array(key[secretRange]))
    }

    /// The handle of a key; nil when it is not one of this installation's, checksum included.
    ///
    /// Its secret then stands at ``secretRange``.
    public func handle(in key: Span<UInt8>) -> KeyHandle? {
        guard key.count == length else { return nil }
        for index in prefixBytes.indices where key[index] != prefixBytes[index] { return nil }
        let secret = secretRange
        guard key[secret.lowerBound - 1] == UInt8(ascii: "_") else { return nil }
        for index in secret where !Base62.isDigit(key[index]) { return nil }
        var rest = CRC32.checksum(key.extracting(..<secret.upperBound))
        for index in stride(from: key.count - 1, through: secret.upperBound, by: -1) {
            guard key[index] == Base62.digit(rest % 62) else { return nil }
            rest /= 62
        }
        return KeyHandle(key.extracting(prefixBytes.count..<(prefixBytes.count + Self.handleLength)))
    }

    /// Where the secret stands in a whole key.
    public var secretRange: Range<Int> {
        let start = prefixBytes.count + Self.handleLength + 1
        return start..<(start + Self.secretLength)
    }

    /// Whether one of this installation's keys, whole or cut short, may stand anywhere in a text, so that the text must
    /// not be looked up, echoed or logged.
    ///
    /// Prefix, handle and the beginning of a secret are enough. Handles alone and masks are public: they are none.
    public func mayHoldKey(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.indices.contains { startsLikeKey(bytes[$0...]) }
    }

    /// A text without the secrets of keys in it: handles stay, and what is left is still found by ``mayHoldKey(_:)``.
    public func hidingSecrets(in text: String) -> String {
        let handleEnd = prefixBytes.count + Self.handleLength + 1
        let ellipsis = Array("…".utf8)
        var shown: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            if startsLikeKey(rest) {
                shown += rest.prefix(handleEnd)
                shown += [UInt8(ascii: "X")] + ellipsis
                rest = rest.dropFirst(handleEnd)
                while let digit = rest.first, Base62.isDigit(digit), !startsLikeKey(rest) { rest.removeFirst() }
                // What was hidden before stays as it is.
                if rest.starts(with: ellipsis) { rest = rest.dropFirst(ellipsis.count) }
            } else {
                shown.append(byte)
                rest.removeFirst()
            }
        }
        return String(decoding: shown, as: UTF8.self)
    }

    private func startsLikeKey(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.starts(with: prefixBytes) else { return false }
        let body = bytes.dropFirst(prefixBytes.count).prefix(Self.handleLength + 2)
        return body.count == Self.handleLength + 2 && body.prefix(Self.handleLength).allSatisfy(Base62.isDigit)
            && body.dropFirst(Self.handleLength).first == UInt8(ascii: "_") && body.last.map(Base62.isDigit) == true
    }

    /// How a key is shown: prefix, handle and the last four characters of the checksum.
    public func mask(handle: String, ending: String) -> String {
        "\(prefix)_\(handle)_…\(ending)"
    }
}

/// The parts of a key that are stored or checked. Not to be logged: it holds the secret.
public struct KeyParts: Sendable, CustomStringConvertible, CustomReflectable {
    /// The public part.
    public let handle: [UInt8]
    /// The secret part.
    public let secret: [UInt8]

    /// The handle as text.
    public var handleText: String { String(decoding: handle, as: UTF8.self) }
    /// The handle alone.
    public var description: String { handleText }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A key that was just made; its value is shown once.
public struct NewKey: Sendable {
    /// The whole key.
    public let value: Secret
    /// Its parts.
    public let parts: KeyParts
    /// The last four characters, kept for the mask.
    public let ending: String
}

/// Digits 0-9, A-Z, a-z.
enum Base62 {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// The digit of a value below 62.
    static func digit(_ value: UInt32) -> UInt8 { digits[Int(value)] }

    static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// Digits drawn evenly by rejection: a byte is used only below 248, the largest multiple of 62.
    static func random(_ count: Int, using generator: inout some RandomNumberGenerator) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        while result.count < count {
            var word: UInt64 = generator.next()
            for _ in 0..<8 where result.count < count {
                let byte = UInt8(truncatingIfNeeded: word)
                word >>= 8
                if byte < 248 { result.append(digits[Int(byte % 62)]) }
            }
        }
        return result
    }

    /// The number in base 62, padded with zeros; 6 digits hold every 32-bit number.
    static func encode(_ value: UInt32, width: Int) -> [UInt8] {
        var rest = value
        var result = [UInt8](repeating: digits[0], count: width)
        for index in stride(from: width - 1, through: 0, by: -1) {
            result[index] = digits[Int(rest % 62)]
            rest /= 62
        }
        return result
    }
}

/// CRC-32 as in ISO 3309 (zlib, PNG).
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    /// What a byte comes to with none to three zeros behind it: four bytes at a time need not wait for each other.
    private static let tables: [UInt32] = (0..<3).reduce(into: table) { tables, _ in
        tables += tables.suffix(256).map { ($0 >> 8) ^ table[Int($0 & 0xFF)] }
    }

    static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        let tables = tables
        var crc: UInt32 = 0xFFFF_FFFF
        var index = 0
        while index + 4 <= bytes.count {
            crc ^= UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
            crc ^= UInt32(bytes[index + 3]) << 24
            crc =
                tables[768 + Int(crc & 0xFF)] ^ tables[512 + Int(crc >> 8 & 0xFF)] ^ tables[256 + Int(crc >> 16 & 0xFF)]
                ^ tables[Int(crc >> 24)]
            index += 4
        }
        while index < bytes.count {
            crc = (crc >> 8) ^ tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
            index += 1
        }
        return ~crc
    }
}
