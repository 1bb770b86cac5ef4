/// What the value of a member must look like, and how it is read.
public struct FieldShape<Value> {
    /// Reads a value, or reports what is wrong with it and gives nil.
    let read: (JSONValue, FieldPlace, inout FieldReader) -> Value?
}

extension FieldShape<String> {
    /// Any text.
    public static var string: FieldShape { string(nil) }

    /// A text that stands for something and passes the reader's ``ValueChecks``.
    ///
    /// - Parameter isEmptyAllowed: whether the empty text passes without being checked.
    public static func string(_ kind: ValueKind?, isEmptyAllowed: Bool = false) -> FieldShape {
        FieldShape { value, place, reader in
            guard case .string(let text) = value else {
                reader.refuse(place, "must be a string")
                return nil
            }
            if let kind, !(isEmptyAllowed && text.isEmpty),
                let complaint = reader.checks.complaint(about: text, as: kind)
            {
                reader.add(FieldError(pointer: place.pointer, message: complaint))
                return nil
            }
            return text
        }
    }

    /// A text that is not empty, whatever the ``ValueChecks`` say.
    public static func nonEmptyString(_ kind: ValueKind) -> FieldShape {
        FieldShape { value, place, reader in
            if case .string(let text) = value, text.isEmpty {
                reader.refuse(place, "must not be empty")
                return nil
            }
            return string(kind).read(value, place, &reader)
        }
    }
}

extension FieldShape<SensitiveText> {
    /// Any text; it prints as `<redacted>`.
    public static var sensitive: FieldShape {
        FieldShape { value, place, reader in
            FieldShape<String>.string.read(value, place, &reader).map(SensitiveText.init)
        }
    }
}

extension FieldShape<Bool> {
    /// `true` or `false`.
    public static var bool: FieldShape {
        FieldShape { value, place, reader in
            if case .bool(let bool) = value { return bool }
            reader.refuse(place, "must be true or false")
            return nil
        }
    }
}

extension FieldShape<Int64> {
    /// An id: a whole number from 1 to 2^53 - 1, as a JSON number or as digits in a string.
    public static var identifier: FieldShape { identifier(from: 1) }

    /// An id, or 0 from clients that cannot leave a member out.
    public static var identifierOrZero: FieldShape { identifier(from: 0) }

    /// A time in RFC 3339, in milliseconds since 1970 UTC.
    public static var timestamp: FieldShape {
        FieldShape { value, place, reader in
            if case .string(let text) = value, let time = WireTime.parse(text) { return time }
            reader.refuse(place, "must be an RFC 3339 time, as in 2030-01-31T12:00:00Z")
            return nil
        }
    }

    private static func identifier(from lowest: Int64) -> FieldShape {
        FieldShape { value, place, reader in
            let number: Int64? =
                switch value {
                case .integer(let number): number
                case .string(let text): WireIdentifier.parse(text, from: lowest)
                default: nil
                }
            guard let number, number >= lowest, number < WireIdentifier.limit else {
                reader.refuse(place, "must be an id: a whole number from \(lowest) to \(WireIdentifier.limit - 1)")
                return nil
            }
            return number
        }
    }
}

extension FieldShape {
    /// An array whose elements all have one shape.
    public static func array<Element>(of element: FieldShape<Element>) -> FieldShape where Value == [Element] {
        FieldShape { value, place, reader in
            guard case .array(let values) = value else {
                reader.refuse(place, "must be an array")
                return nil
            }
            let pointer = place.pointer
            var elements: [Element] = []
            for (index, value) in values.enumerated() {
                if let read = element.read(value, FieldPlace(parent: pointer, token: String(index)), &reader) {
                    elements.append(read)
                }
            }
            return elements.count == values.count ? elements : nil
        }
    }

    /// An object that a decoder reads.
    public static func object(_ decode: @escaping (inout FieldReader) -> Value?) -> FieldShape {
        FieldShape { value, place, reader in
            var inner = FieldReader(value, pointer: place.pointer, checks: reader.checks)
            let decoded = decode(&inner)
            for error in inner.errors {
                reader.add(error)
            }
            return inner.errors.isEmpty ? decoded : nil
        }
    }
}

/// Ids on the wire.
enum WireIdentifier {
    /// The first number that JavaScript cannot tell from its neighbour.
    static let limit: Int64 = 1 << 53

    /// Digits without sign or leading zero; `Int("+5")` and `Int("007")` would pass elsewhere.
    static func parse(_ text: String, from lowest: Int64) -> Int64? {
        let bytes = text.utf8
        guard (1...19).contains(bytes.count), bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard bytes.first != 0x30 || (lowest == 0 && bytes.count == 1) else { return nil }
        return Int64(text)
    }
}
