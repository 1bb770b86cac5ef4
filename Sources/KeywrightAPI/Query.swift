import KeywrightDomain
import KeywrightWire

/// The parameters of a query string, read strictly.
struct Query: Sendable {
    private let values: [String: [String]]

    /// - Throws: `.invalid` naming every unknown, repeated or unreadable parameter.
    init(
        parsing text: String, names: Set<String>, repeatable: Set<String> = [], ignoresOthers: Bool = false
    ) throws(DomainError) {
        var values: [String: [String]] = [:]
        var violations: [Violation] = []
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let separator = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = Query.decode(part[..<separator]), let value = Query.decode(part[separator...].dropFirst())
            else {
                violations.append(Violation("", "The query is not percent-encoded UTF-8."))
                continue
            }
            guard names.contains(name) || repeatable.contains(name) else {
                if !ignoresOthers {
                    violations.append(Violation("", "There is a query parameter that is not known here."))
                }
                continue
            }
            if values[name] != nil && !repeatable.contains(name) {
                violations.append(Violation("/\(name)", "The parameter \(name) may be given once."))
            }
            values[name, default: []].append(value)
        }
        guard violations.isEmpty else { throw DomainError(violations: violations) }
        self.values = values
    }

    /// Percent-decoded text; nil for a broken escape, invalid UTF-8 or a control character.
    private static func decode(_ bytes: Substring.UTF8View) -> String? {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): result.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                result.append(high << 4 | low)
            default: result.append(byte)
            }
        }
        guard result.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return String(validating: result, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// The value of a parameter; nil when absent.
    subscript(name: String) -> String? { values[name]?.first }

    /// All values of a repeatable parameter.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// The values of a parameter, separated by commas.
    func list(_ name: String) -> [String] {
        self[name].map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
    }

    /// A value read by a function; refused when that gives nil.
    func value<Value>(_ name: String, _ message: String, _ read: (String) -> Value?) throws(DomainError) -> Value? {
        guard let text = self[name] else { return nil }
        guard let value = read(text) else { throw .invalid("/\(name)", message) }
        return value
    }

    /// An NRN.
    func nrn(_ name: String) throws(DomainError) -> NRN? {
        try value(name, "An NRN reads organization=1:account=2:namespace=3:application=4:scope=5, or a prefix of that.")
        {
            try? NRN(parsing: $0)
        }
    }

    /// An id.
    func id<Entity>(_ name: String, as: Entity.Type = Entity.self) throws(DomainError) -> Identifier<Entity>? {
        try value(name, "The parameter \(name) is a positive number.") { Identifier(parsing: $0) }
    }

    /// A moment, in RFC 3339.
    func time(_ name: String) throws(DomainError) -> Instant? {
        try value(name, "The parameter \(name) is a time as in 2026-01-01T00:00:00Z.") {
            WireTime.parse($0).map { Instant(milliseconds: $0) }
        }
    }

    /// `true` or `false`.
    func flag(_ name: String) throws(DomainError) -> Bool? {
        try value(name, "The parameter \(name) is true or false.") {
            switch $0 {
            case "true", "1": true
            case "false", "0": false
            default: nil
            }
        }
    }

    /// `limit` and `offset`: 30 and 0 unless given; a limit above 200 is cut.
    func page() throws(DomainError) -> PageRequest {
        let limit = try value("limit", "The limit is a positive number.") {
            Query.number($0).flatMap { $0 > 0 ? $0 : nil }
        }
        let offset = try value("offset", "The offset is 0 or a positive number.", Query.number)
        return PageRequest(limit: limit ?? 30, offset: offset ?? 0)
    }

    /// A number; one that is beyond every list stands for all such.
    private static func number(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return min(Int(text) ?? .max, 1 << 53)
    }
}
