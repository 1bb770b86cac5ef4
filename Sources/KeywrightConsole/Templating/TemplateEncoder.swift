extension TemplateShapes {
    /// Takes a model apart by its own `encode(to:)`, which costs a fraction of reflection.
    ///
    /// Models have nothing that could not be encoded: what throws nevertheless is absent.
    ///
    /// - Parameter content: another model that becomes the member `content` of this one.
    func value(of model: some Encodable, content: some Encodable) -> TemplateValue {
        let work = TemplateEncoding(known)
        guard case .object(let object)? = work.value(of: model) else { return .flag(false) }
        object.add("content", work.value(of: content), &work.shapes)
        return .object(object)
    }

    /// The same for a part of a page.
    func value(of model: some Encodable) -> TemplateValue {
        TemplateEncoding(known).value(of: model) ?? .flag(false)
    }
}

/// A part of a page that was filled in before, as a member of a model.
struct TemplatePart: Encodable {
    fileprivate let bytes: [UInt8]

    /// Nothing but what was filled in becomes a part: its text is escaped already.
    init(_ rendering: borrowing TemplateRendering) {
        bytes = rendering.bytes
    }

    func encode(to encoder: any Encoder) {
        (encoder as? TemplateEncoder)?.work.result = .part(bytes)
    }
}

/// A model that is being taken apart.
private final class TemplateEncoding {
    var shapes: TemplateShapes.Known
    /// What the innermost model has become so far.
    var result: TemplateValue?

    init(_ shapes: TemplateShapes.Known) {
        self.shapes = shapes
    }

    func value(of model: some Encodable) -> TemplateValue? {
        let outer = result
        result = nil
        try? model.encode(to: TemplateEncoder(work: self))
        let value = result
        result = outer
        return value
    }
}

/// Turns models into template values.
private struct TemplateEncoder: Encoder {
    let work: TemplateEncoding
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        let object = TemplateObject(work.shapes.of(type))
        work.result = .object(object)
        return KeyedEncodingContainer(TemplateMembers<Key>(work: work, object: object))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        let list = TemplateList()
        work.result = .list(list)
        return TemplateItems(work: work, list: list)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { TemplateSingle(work: work) }
}

private struct TemplateMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let work: TemplateEncoding
    let object: TemplateObject
    var codingPath: [any CodingKey] { [] }

    private func add(_ key: Key, _ value: TemplateValue?) {
        object.add(key.stringValue, value, &work.shapes)
    }

    mutating func encodeNil(forKey key: Key) { add(key, nil) }
    mutating func encode(_ value: Bool, forKey key: Key) { add(key, .flag(value)) }
    mutating func encode(_ value: String, forKey key: Key) { add(key, .text(value)) }
    mutating func encode(_ value: Int, forKey key: Key) { add(key, .text(String(value))) }
    mutating func encode(_ value: Int64, forKey key: Key) { add(key, .text(String(value))) }
    mutating func encode(_ value: some Encodable, forKey key: Key) { add(key, work.value(of: value)) }

    // What is absent keeps its place.
    mutating func encodeIfPresent(_ value: Bool?, forKey key: Key) { add(key, value.map { .flag($0) }) }
    mutating func encodeIfPresent(_ value: String?, forKey key: Key) { add(key, value.map { .text($0) }) }
    mutating func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) {
        add(key, value.flatMap { work.value(of: $0) })
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        let nested = TemplateObject(work.shapes.of(type))
        add(key, .object(nested))
        return KeyedEncodingContainer(TemplateMembers<Nested>(work: work, object: nested))
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        let list = TemplateList()
        add(key, .list(list))
        return TemplateItems(work: work, list: list)
    }

    mutating func superEncoder() -> any Encoder { TemplateEncoder(work: work) }
    mutating func superEncoder(forKey key: Key) -> any Encoder { TemplateEncoder(work: work) }
}

private struct TemplateItems: UnkeyedEncodingContainer {
    let work: TemplateEncoding
    let list: TemplateList
    var codingPath: [any CodingKey] { [] }
    var count: Int { list.items.count }

    private func add(_ value: TemplateValue?) {
        if let value { list.items.append(value) }
    }

    mutating func encodeNil() {}
    mutating func encode(_ value: Bool) { add(.flag(value)) }
    mutating func encode(_ value: String) { add(.text(value)) }
    mutating func encode(_ value: Int) { add(.text(String(value))) }
    mutating func encode(_ value: Int64) { add(.text(String(value))) }
    mutating func encode(_ value: some Encodable) { add(work.value(of: value)) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        let nested = TemplateObject(work.shapes.of(type))
        add(.object(nested))
        return KeyedEncodingContainer(TemplateMembers<Nested>(work: work, object: nested))
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        let nested = TemplateList()
        add(.list(nested))
        return TemplateItems(work: work, list: nested)
    }

    mutating func superEncoder() -> any Encoder { TemplateEncoder(work: work) }
}

private struct TemplateSingle: SingleValueEncodingContainer {
    let work: TemplateEncoding
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() {}
    mutating func encode(_ value: Bool) { work.result = .flag(value) }
    mutating func encode(_ value: String) { work.result = .text(value) }
    mutating func encode(_ value: Int) { work.result = .text(String(value)) }
    mutating func encode(_ value: Int64) { work.result = .text(String(value)) }

    mutating func encode(_ value: some Encodable) {
        // Numbers of other kinds encode themselves by this very method.
        let number = value as? any Numeric & CustomStringConvertible
        work.result = number.map { .text($0.description) } ?? work.value(of: value)
    }
}
