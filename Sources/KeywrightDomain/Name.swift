/// A descriptive name that people write: any script, one line, nothing invisible.
public enum Name {
    /// The longest name of an API key or a role, in Unicode scalars.
    public static let limit = 80
    /// The longest name of a resource.
    public static let resourceLimit = 60

    /// Checks and trims a name.
    ///
    /// - Returns: the name without surrounding blanks.
    /// - Throws: `.invalid` when it is empty, longer than `limit` scalars, or holds control, bidirectional-override
    ///   or zero-width characters.
    public static func validate(
        _ text: String, pointer: String = "/name", limit: Int = Name.limit
    ) throws(DomainError) -> String {
        if isPlain(text), text.utf8.count <= limit { return text }
        let scalars = trimmed(text)
        guard !scalars.isEmpty else { throw .invalid(pointer, "The name must not be empty.") }
        guard scalars.count <= limit else { throw .invalid(pointer, "The name must be at most \(limit) characters.") }
        guard !scalars.contains(where: isInvisible) else {
            throw .invalid(pointer, "The name must not hold control, direction-changing or zero-width characters.")
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// The key by which names are sorted and searched: the same in every database, ignoring case.
    public static func foldedKey(_ name: String) -> String {
        name.lowercased()
    }

    /// Whether it is printable ASCII without blanks around it, as most names are: then no Unicode property matters.
    private static func isPlain(_ text: String) -> Bool {
        let bytes = text.utf8
        return !bytes.isEmpty && bytes.first != 0x20 && bytes.last != 0x20 && bytes.allSatisfy(isPrintableASCII)
    }

    private static func isPrintableASCII(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

    private static func trimmed(_ text: String) -> Substring.UnicodeScalarView {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return scalars
    }

    /// Characters a reader cannot see, or that change how the rest is read.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E: false
        case 0xFE00...0xFE0F: false  // They choose how the character before them looks.
        case 0x2028...0x202E, 0xFFF0...0xFFFB: true
        default:
            scalar.properties.generalCategory == .control || scalar.properties.isDefaultIgnorableCodePoint
        }
    }
}

/// A short ASCII name for use in paths and look-ups.
public enum Slug {
    /// The longest slug, in characters.
    public static let limit = 70

    /// Checks a slug: lower-case ASCII letters, digits, `-`, `_`, `.`; it starts with a letter or digit.
    public static func validate(_ text: String, pointer: String = "/slug") throws(DomainError) -> String {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count <= limit, isAlphanumeric(first),
            bytes.allSatisfy({ isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E })
        else {
            throw .invalid(
                pointer,
                "A slug has 1 to \(limit) lower-case letters, digits, '-', '_' or '.', and starts with a letter or digit."
            )
        }
        return text
    }

    /// A slug from a name: lower-cased ASCII letters and digits, everything else a dash; nil when nothing is left.
    public static func derived(from name: String) -> String? {
        var bytes: [UInt8] = []
        for byte in name.lowercased().utf8 {
            if isAlphanumeric(byte) {
                bytes.append(byte)
            } else if !bytes.isEmpty && bytes.last != 0x2D {
                bytes.append(0x2D)
            }
        }
        bytes = Array(bytes.prefix(limit))
        while bytes.last == 0x2D { bytes.removeLast() }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
}
