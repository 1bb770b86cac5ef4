import KeywrightDomain
import KeywrightWire

/// The parameters of a query string, read strictly.
///
/// Reading never stops at what is wrong: all of it is gathered, and ``check()`` refuses it at once.
struct Query {
    private var values: [String: [String]] = [:]
    private var violations: [Violation] = []

    /// The most values of one parameter that takes several by comma.
    static let listLimit = PageRequest.maximumLimit

    /// - Parameters:
    ///   - names: the parameters that may be given once.
    ///   - repeatable: those that may be given again.
    ///   - ignoresOthers: whether others are passed over rather than refused.
    init(parsing text: String, names: Set<String>, repeatable: Set<String> = [], ignoresOthers: Bool = false) {
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let separator = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = Query.decode(part[..<separator]), let value = Query.decode(part[separator...].dropFirst())
            else {
                refuse("", "The query is not percent-encoded UTF-8.")
                continue
            }
            guard names.contains(name) || repeatable.contains(name) else {
                if !ignoresOthers { refuse("", "There is a query parameter that is not known here.") }
                continue
            }
            if values[name] != nil && !repeatable.contains(name) {
                refuse(name, "The parameter \(name) may be given once.")
            }
            values[name, default: []].append(value)
        }
    }

    /// Notes what is wrong with a parameter; one complaint for each is enough.
    ///
    /// - Parameter name: empty when no parameter can be named.
    mutating func refuse(_ name: String, _ message: String) {
        let violation = Violation(name.isEmpty ? "" : "/\(name)", message)
        let isKnown = violations.contains { $0.pointer == violation.pointer && (!name.isEmpty || $0 == violation) }
        if !isKnown { violations.append(violation) }
    }

    /// - Throws: `.invalid` naming every unknown, repeated or unreadable parameter.
    func check() throws(DomainError) {
        if !violations.isEmpty { throw DomainError(violations: violations) }
    }

    /// Percent-decoded text; nil for a broken escape, invalid UTF-8 or a control character.
    static func decode(_ bytes: some Collection<UInt8>) -> String? {
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

    /// A value read by a function; refused when that gives nil.
    mutating func value<Value>(_ name: String, _ message: String, _ read: (String) -> Value?) -> Value? {
        guard let text = self[name] else { return nil }
        guard let value = read(text) else {
            refuse(name, message)
            return nil
        }
        return value
    }

    /// Several values, separated by commas, each read by a function; refused when that gives nil for any.
    ///
    /// - Returns: nil when the parameter is absent or refused.
    mutating func list<Value>(_ name: String, _ message: String, _ read: (String) -> Value?) -> [Value]? {
        guard let text = self[name] else { return nil }
        let parts = text.utf8.split(
            separator: UInt8(ascii: ","), maxSplits: Query.listLimit, omittingEmptySubsequences: false
        )
        guard parts.count <= Query.listLimit else {
            refuse(name, "The parameter \(name) takes at most \(Query.listLimit) values.")
            return nil
        }
        var values: [Value] = []
        for part in parts {
            guard let value = String(part).flatMap(read) else {
                refuse(name, message)
                return nil
            }
            values.append(value)
        }
        return values
    }

    /// Several texts, separated by commas.
    mutating func texts(_ name: String) -> [String]? {
        list(name, "") { $0 }
    }

    /// Several ids, separated by commas.
    mutating func ids<Entity>(_ name: String, as: Entity.Type = Entity.self) -> [Identifier<Entity>]? {
        list(name, "The parameter \(name) is a positive number, or several separated by commas.") {
            Identifier(parsing: $0)
        }
    }

    private static let nrnRule = "An NRN reads organization=1:account=2:namespace=3:application=4:scope=5, or a prefix."

    /// An NRN.
    mutating func nrn(_ name: String) -> NRN? {
        value(name, Query.nrnRule) { try? NRN(parsing: $0) }
    }

    /// Several NRNs, separated by commas.
    mutating func nrns(_ name: String) -> [NRN]? {
        list(name, Query.nrnRule) { try? NRN(parsing: $0) }
    }

    /// An id.
    mutating func id<Entity>(_ name: String, as: Entity.Type = Entity.self) -> Identifier<Entity>? {
        value(name, "The parameter \(name) is a positive number.") { Identifier(parsing: $0) }
    }

    /// A moment, in RFC 3339.
    mutating func time(_ name: String) -> Instant? {
        value(name, "The parameter \(name) is a time as in 2026-01-01T00:00:00Z.") {
            WireTime.parse($0).map { Instant(milliseconds: $0) }
        }
    }

    /// `true` or `false`.
    mutating func flag(_ name: String) -> Bool? {
        value(name, "The parameter \(name) is true or false.") {
            switch $0 {
            case "true", "1": true
            case "false", "0": false
            default: nil
            }
        }
    }

    /// `limit` and `offset`: 30 and 0 unless given; a limit above 200 is cut.
    mutating func page() -> PageRequest {
        let limit = value("limit", "The limit is a positive number.") {
            Query.number($0).flatMap { $0 > 0 ? $0 : nil }
        }
        let offset = value("offset", "The offset is 0 or a positive number.", Query.number)
        return PageRequest(limit: limit ?? 30, offset: offset ?? 0)
    }

    /// A number; one that is beyond every list stands for all such.
    static func number(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return min(Int(text) ?? .max, 1 << 53)
    }
}
