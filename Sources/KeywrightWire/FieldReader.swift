/// Reads the members of a JSON object and collects everything that is wrong with them.
///
/// Nothing throws: a wrong member reads as nil and leaves a ``FieldError``. A decoder asks for all its members first
/// and builds its value only then, so that one answer names every mistake.
///
/// ```swift
/// init?(_ reader: inout FieldReader) {
///     let key = reader.required("key", .string(.tagKey))
///     let value = reader.required("value", .string(.tagValue))
///     reader.refuseUnknownMembers()
///     guard let key, let value else { return nil }
///     self.init(key: key, value: value)
/// }
/// ```
public struct FieldReader {
    /// What is wrong so far.
    public private(set) var errors: [FieldError] = []

    let checks: ValueChecks
    private let object: JSONObject?
    private let pointer: String
    private var known: [String] = []

    /// A reader of a value, which must be an object; if it is not, that is the only error it will report.
    ///
    /// - Parameter pointer: where the value stands in the body (RFC 6901); empty for the body itself.
    public init(_ value: JSONValue, pointer: String = "", checks: ValueChecks = .none) {
        self.pointer = pointer
        self.checks = checks
        if case .object(let object) = value {
            self.object = object
        } else {
            object = nil
            refuse(FieldPlace(parent: pointer, token: nil), "must be an object")
        }
    }

    // MARK: Members

    /// A member that must be there and not be `null`.
    public mutating func required<Value>(_ name: String, _ shape: FieldShape<Value>) -> Value? {
        guard let object else { return nil }
        known.append(name)
        guard let value = object[name] else {
            refuse(place(name), "is required")
            return nil
        }
        return shape.read(value, place(name), &self)
    }

    /// A member that may be left out; `null` counts as left out.
    public mutating func optional<Value>(_ name: String, _ shape: FieldShape<Value>) -> Value? {
        field(name, shape).value
    }

    /// A member that may be left out but must not be `null`.
    public mutating func ifPresent<Value>(_ name: String, _ shape: FieldShape<Value>) -> Value? {
        known.append(name)
        guard let value = object?[name] else { return nil }
        return shape.read(value, place(name), &self)
    }

    /// A member that may be left out, `null` or a value, each with a meaning of its own.
    ///
    /// A wrong value reads as `.absent`, besides leaving its error.
    public mutating func field<Value>(_ name: String, _ shape: FieldShape<Value>) -> Field<Value> {
        known.append(name)
        guard let value = object?[name] else { return .absent }
        if case .null = value { return .null }
        return shape.read(value, place(name), &self).map(Field.value) ?? .absent
    }

    /// Whether a member is there and not `null`, whatever its type. Does not count as reading it.
    public func has(_ name: String) -> Bool {
        guard let value = object?[name] else { return false }
        return value != .null
    }

    // MARK: Refusals

    /// Reports that a member, or the whole object when `name` is nil, is wrong.
    ///
    /// Does nothing when the value is no object, which is reported already.
    ///
    /// - Parameter predicate: what follows the member's name in the sentence, as in "must be a string".
    public mutating func refuse(_ name: String?, _ predicate: String) {
        guard object != nil else { return }
        refuse(FieldPlace(parent: pointer, token: name), predicate)
    }

    /// Reports every member that was not asked for until now.
    ///
    /// - Parameter readOnly: members that answers carry and requests must not; their sentence says so.
    public mutating func refuseUnknownMembers(readOnly: [String] = []) {
        guard let object else { return }
        for member in object.members where !known.contains(where: { $0.hasSameBytes(as: member.name) }) {
            if readOnly.contains(where: { $0.hasSameBytes(as: member.name) }) {
                refuse(member.name, "cannot be set")
            } else if Self.isPlain(member.name) {
                refuse(member.name, "is not known here")
            } else {
                refuse(nil, "has a member that is not known here")
            }
        }
    }

    mutating func refuse(_ place: FieldPlace, _ predicate: String) {
        add(FieldError(pointer: place.pointer, message: "\(place.label) \(predicate)."))
    }

    mutating func add(_ error: FieldError) {
        if errors.count < WireErrors.limit { errors.append(error) }
    }

    private func place(_ name: String) -> FieldPlace {
        FieldPlace(parent: pointer, token: name)
    }

    /// Whether a stranger's member name may be repeated in an answer: short enough to be no secret.
    private static func isPlain(_ name: String) -> Bool {
        (1...40).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x2D
            }
    }
}
