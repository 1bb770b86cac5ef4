import KeywrightDomain

/// What a form or a query holds (`application/x-www-form-urlencoded`), read strictly; a name may come several times.
struct FormFields: Sendable {
    /// Why bytes are not a form.
    enum Fault: Error, CaseIterable {
        case tooManyFields
        case badName
        case badEncoding
    }

    /// The most fields: a key with 100 grants has three of them in each row.
    static let fieldLimit = 1_000
    private static let nameLimit = 40

    private var values: [String: [String]] = [:]

    /// Reads `name=value&name=value`.
    ///
    /// - Throws: a ``Fault`` for more than 1,000 fields, a name that is not 1 to 40 of `a-z 0-9 _ -`, a field without `=`,
    ///   a `%` without two hexadecimal digits, a value that is not UTF-8 or holds a NUL.
    init(_ bytes: some Collection<UInt8>) throws(Fault) {
        guard !bytes.isEmpty else { return }
        let parts = bytes.split(
            separator: UInt8(ascii: "&"), maxSplits: Self.fieldLimit, omittingEmptySubsequences: false
        )
        guard parts.count <= Self.fieldLimit else { throw .tooManyFields }
        for part in parts {
            guard let separator = part.firstIndex(of: UInt8(ascii: "=")) else { throw .badName }
            let name = part[..<separator]
            guard (1...Self.nameLimit).contains(name.count), name.allSatisfy(Self.isNameByte) else { throw .badName }
            guard let value = PercentEncoding.decode(part[part.index(after: separator)...], plusIsBlank: true),
                !value.utf8.contains(0)
            else { throw .badEncoding }
            values[String(decoding: name, as: UTF8.self), default: []].append(value)
        }
    }

    /// No fields.
    init() {}

    /// The first value of a field; empty when it was not sent.
    subscript(_ name: String) -> String { values[name]?.first ?? "" }

    /// All values of a field, in the order in which they were sent.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// Whether a field was sent.
    func contains(_ name: String) -> Bool { values[name] != nil }

    /// The fields as a form again, without some.
    func encoded(except left: Set<String>) -> String {
        values.filter { !left.contains($0.key) }.sorted { $0.key < $1.key }
            .flatMap { name, values in values.map { "\(name)=\(PercentEncoding.encode($0))" } }
            .joined(separator: "&")
    }

    /// The fields without the secret of any key that somebody typed into them: nothing repeats it, and what is left is
    /// still refused as a key's value. Passwords stay as they are, and are not shown again.
    func hidingKeys(of format: KeyFormat) -> FormFields {
        var hidden = self
        for (name, texts) in values where !name.contains("password") {
            hidden.values[name] = texts.map { format.mayHoldKey($0) ? format.hidingSecrets(in: $0) : $0 }
        }
        return hidden
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }
}
