/// A member of a PATCH body: left out, cleared, or given.
public enum Field<Value> {
    /// Not in the body: leave it as it is.
    case absent
    /// `null`: clear it.
    case null
    /// A new value.
    case value(Value)

    /// The new value; nil when left out or cleared.
    public var value: Value? {
        guard case .value(let value) = self else { return nil }
        return value
    }

    /// Whether the member was left out.
    public var isAbsent: Bool {
        guard case .absent = self else { return false }
        return true
    }

    /// The same presence with another value.
    public func map<Other>(_ transform: (Value) throws -> Other) rethrows -> Field<Other> {
        switch self {
        case .absent: .absent
        case .null: .null
        case .value(let value): .value(try transform(value))
        }
    }
}

extension Field: Sendable where Value: Sendable {}
extension Field: Equatable where Value: Equatable {}

extension KeyedEncodingContainer {
    /// Writes nothing, `null` or the value.
    mutating func encode<Value: Encodable>(_ field: Field<Value>, forKey key: Key) throws {
        switch field {
        case .absent: break
        case .null: try encodeNil(forKey: key)
        case .value(let value): try encode(value, forKey: key)
        }
    }
}
