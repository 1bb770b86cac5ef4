/// Any JSON value (RFC 8259), with the difference between whole and other numbers kept.
///
/// Values compare by their bytes: two strings that only look alike, such as "é" in its composed and its decomposed
/// form, are different, and so are objects whose members stand in another order.
public enum JSONValue: Sendable {
    /// Members in the order in which they were written.
    case object(JSONObject)
    /// Elements in order.
    case array([JSONValue])
    /// Text.
    case string(String)
    /// A number written without fraction and exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number: `1.0` and `1e2` are here too, so that no id can be written that way.
    case number(Double)
    /// `true` or `false`.
    case bool(Bool)
    /// `null`.
    case null
}

extension JSONValue: Equatable {
    /// Whether both are the same value, texts compared by bytes.
    public static func == (a: JSONValue, b: JSONValue) -> Bool {
        switch (a, b) {
        case (.object(let a), .object(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
        case (.integer(let a), .integer(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.bool(let a), .bool(let b)): a == b
        case (.null, .null): true
        default: false
        }
    }
}

/// The members of a JSON object, in order.
public struct JSONObject: Sendable {
    /// A name with its value.
    public struct Member: Sendable {
        /// The member's name, unescaped.
        public let name: String
        /// The member's value.
        public let value: JSONValue

        /// A member.
        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The members as written. ``StrictJSON`` never gives two of one name.
    public let members: [Member]

    /// An object with these members.
    ///
    /// - Parameter members: names must be distinct; of two with one name, look-ups see the first.
    public init(_ members: [Member]) {
        self.members = members
    }

    /// The value of a member, found by the bytes of its name; nil when there is none.
    public subscript(name: String) -> JSONValue? {
        for member in members where member.name.hasSameBytes(as: name) {
            return member.value
        }
        return nil
    }
}

extension JSONObject: Equatable {
    /// Whether both hold the same members in the same order.
    public static func == (a: JSONObject, b: JSONObject) -> Bool {
        a.members.count == b.members.count
            && zip(a.members, b.members).allSatisfy { $0.name.hasSameBytes(as: $1.name) && $0.value == $1.value }
    }
}

extension String {
    /// Whether both are the same UTF-8 bytes.
    ///
    /// `==` compares by canonical equivalence, where the Kelvin sign is a "K" and `apiKey` has a second spelling.
    func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let isSame = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { bytes.elementsEqual($0) }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
