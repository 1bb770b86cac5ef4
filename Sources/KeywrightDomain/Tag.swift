/// A label on an API key, as in `team:payments`.
public struct Tag: Hashable, Sendable {
    /// The most tags a key may carry.
    public static let limit = 5

    /// `^[A-Za-z0-9][A-Za-z0-9_./-]{0,62}$`.
    public let key: String
    /// 1 to 63 characters of any script, none of them invisible.
    public let value: String

    /// Checks a tag.
    ///
    /// - Throws: `.invalid` naming each wrong member.
    public init(key: String, value: String, pointer: String = "") throws(DomainError) {
        var violations: [Violation] = []
        let bytes = Array(key.utf8)
        if bytes.isEmpty || bytes.count > 63 || !Tag.isAlphanumeric(bytes[0]) || !bytes.allSatisfy(Tag.isKeyByte) {
            let message =
                "A tag's key has 1 to 63 letters, digits, '_', '.', '/' or '-', and starts with a letter or digit."
            violations.append(Violation("\(pointer)/key", message))
        }
        let scalars = value.unicodeScalars
        if scalars.isEmpty || scalars.count > 63 || scalars.contains(where: Name.isInvisible) {
            violations.append(Violation("\(pointer)/value", "A tag's value has 1 to 63 visible characters."))
        }
        guard violations.isEmpty else { throw DomainError(violations: violations) }
        self.key = key
        self.value = value
    }

    /// Tags are the same when their bytes are, as in the store: a text may be written in several ways that look alike.
    public static func == (one: Tag, other: Tag) -> Bool {
        one.key.utf8.elementsEqual(other.key.utf8) && one.value.utf8.elementsEqual(other.value.utf8)
    }

    /// By their bytes, too.
    public func hash(into hasher: inout Hasher) {
        for var text in [key, value] {
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            hasher.combine(UInt8(0xFF))
        }
    }

    /// A tag that was checked when it was stored.
    public init(stored key: String, _ value: String) {
        self.key = key
        self.value = value
    }

    /// Checks a list of tags together: at most five, keys distinct.
    public static func violations(in tags: [Tag], pointer: String = "/tags") -> [Violation] {
        var violations: [Violation] = []
        if tags.count > limit { violations.append(Violation(pointer, "A key carries at most \(limit) tags.")) }
        var seen: Set<[UInt8]> = []
        for (index, tag) in tags.enumerated() where !seen.insert(Array(tag.key.utf8)).inserted {
            violations.append(Violation("\(pointer)/\(index)/key", "Each tag key may appear once."))
        }
        return violations
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == 0x5F || byte == 0x2E || byte == 0x2F || byte == 0x2D
    }
}
