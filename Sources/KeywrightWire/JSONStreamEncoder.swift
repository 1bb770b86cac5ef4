/// An encoder that writes JSON straight into a ``JSONText``, members in the order in which a type encodes them.
///
/// Foundation's encoder builds a tree of boxed values and sorts it; an API key takes it several times as long.
struct JSONStreamEncoder: Encoder {
    let stream: JSONStream
    /// How many objects and arrays are open around the value.
    let depth: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        stream.text.begin(isObject: true, at: depth)
        return KeyedEncodingContainer(Members<Key>(stream: stream, depth: depth + 1))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        stream.text.begin(isObject: false, at: depth)
        return Elements(stream: stream, depth: depth + 1)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        Single(stream: stream, depth: depth)
    }
}

/// A ``JSONText`` that all containers of one encoding write to.
final class JSONStream {
    var text = JSONText()

    /// Writes a value into the container at a depth and closes what it opened.
    func write<Value: Encodable>(_ value: Value, at depth: Int) throws {
        let length = text.bytes.count
        try value.encode(to: JSONStreamEncoder(stream: self, depth: depth))
        text.close(to: depth)
        if text.isUnchanged(since: length) { text.write(literal: "{}") }
    }

    func writeFinite(_ number: Double) throws {
        guard number.isFinite else {
            let reason = "A number that is not finite has no form in JSON."
            throw EncodingError.invalidValue(number, .init(codingPath: [], debugDescription: reason))
        }
        text.write(number)
    }
}

/// The members of one object.
private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let stream: JSONStream
    let depth: Int
    var codingPath: [any CodingKey] { [] }

    private func begin(_ key: Key) { stream.text.member(key.stringValue, at: depth) }

    func encodeNil(forKey key: Key) {
        begin(key)
        stream.text.write(literal: "null")
    }

    func encode(_ value: Bool, forKey key: Key) {
        begin(key)
        stream.text.write(value)
    }

    func encode(_ value: String, forKey key: Key) {
        begin(key)
        stream.text.write(value)
    }

    func encode(_ value: Int, forKey key: Key) {
        begin(key)
        stream.text.write(value)
    }

    func encode(_ value: Int64, forKey key: Key) {
        begin(key)
        stream.text.write(value)
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        begin(key)
        try stream.write(value, at: depth)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        superEncoder(forKey: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        superEncoder(forKey: key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        stream.text.member("super", at: depth)
        return JSONStreamEncoder(stream: stream, depth: depth)
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        begin(key)
        return JSONStreamEncoder(stream: stream, depth: depth)
    }
}

/// The elements of one array.
private struct Elements: UnkeyedEncodingContainer {
    let stream: JSONStream
    let depth: Int
    var count = 0
    var codingPath: [any CodingKey] { [] }

    private mutating func begin() {
        stream.text.element(at: depth)
        count += 1
    }

    mutating func encodeNil() {
        begin()
        stream.text.write(literal: "null")
    }

    mutating func encode(_ value: String) {
        begin()
        stream.text.write(value)
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        begin()
        try stream.write(value, at: depth)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        superEncoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        superEncoder().unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        begin()
        return JSONStreamEncoder(stream: stream, depth: depth)
    }
}

/// A value that is neither object nor array.
private struct Single: SingleValueEncodingContainer {
    let stream: JSONStream
    let depth: Int
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { stream.text.write(literal: "null") }
    func encode(_ value: Bool) { stream.text.write(value) }
    func encode(_ value: String) { stream.text.write(value) }
    func encode(_ value: Double) throws { try stream.writeFinite(value) }
    func encode(_ value: Float) throws { try stream.writeFinite(Double(value)) }
    func encode(_ value: Int) { stream.text.write(value) }
    func encode(_ value: Int8) { stream.text.write(value) }
    func encode(_ value: Int16) { stream.text.write(value) }
    func encode(_ value: Int32) { stream.text.write(value) }
    func encode(_ value: Int64) { stream.text.write(value) }
    func encode(_ value: UInt) { stream.text.write(value) }
    func encode(_ value: UInt8) { stream.text.write(value) }
    func encode(_ value: UInt16) { stream.text.write(value) }
    func encode(_ value: UInt32) { stream.text.write(value) }
    func encode(_ value: UInt64) { stream.text.write(value) }
    func encode<Value: Encodable>(_ value: Value) throws { try stream.write(value, at: depth) }
}
