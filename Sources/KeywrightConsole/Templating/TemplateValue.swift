/// What a template reads: the model of a page, taken apart.
enum TemplateValue {
    case text(String)
    case flag(Bool)
    case list([TemplateValue])
    case object(TemplateObject)

    /// Takes a model apart by its own `encode(to:)`, which costs a fraction of reflection.
    ///
    /// Models have nothing that could not be encoded: what throws nevertheless is absent.
    init(_ model: some Encodable) {
        let slot = TemplateSlot()
        try? model.encode(to: TemplateEncoder(slot: slot))
        self = slot.value ?? .object(TemplateObject())
    }

    /// The member with that name; nil when it is absent.
    func member(_ name: String) -> TemplateValue? {
        guard case .object(let object) = self else { return nil }
        return object.members.first { $0.name == name }?.value
    }
}

/// The members of a model, in their order; those that are nil are absent.
final class TemplateObject {
    var members: [(name: String, value: TemplateValue)] = []
}

/// Where an encoded value is put.
private final class TemplateSlot {
    var value: TemplateValue?
}

/// Turns models into template values.
private struct TemplateEncoder: Encoder {
    let slot: TemplateSlot
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        let object = TemplateObject()
        slot.value = .object(object)
        return KeyedEncodingContainer(TemplateMembers<Key>(object: object))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        slot.value = .list([])
        return TemplateItems(slot: slot)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { TemplateSingle(slot: slot) }

    static func value(_ model: some Encodable) throws -> TemplateValue? {
        if let text = model as? String { return .text(text) }
        let slot = TemplateSlot()
        try model.encode(to: TemplateEncoder(slot: slot))
        return slot.value
    }
}

private struct TemplateMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let object: TemplateObject
    var codingPath: [any CodingKey] { [] }

    private func add(_ key: Key, _ value: TemplateValue?) {
        if let value { object.members.append((key.stringValue, value)) }
    }

    mutating func encodeNil(forKey key: Key) {}
    mutating func encode(_ value: Bool, forKey key: Key) { add(key, .flag(value)) }
    mutating func encode(_ value: String, forKey key: Key) { add(key, .text(value)) }
    mutating func encode(_ value: Int, forKey key: Key) { add(key, .text(String(value))) }
    mutating func encode(_ value: Int64, forKey key: Key) { add(key, .text(String(value))) }
    mutating func encode(_ value: some Encodable, forKey key: Key) throws {
        add(key, try TemplateEncoder.value(value))
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        let nested = TemplateObject()
        add(key, .object(nested))
        return KeyedEncodingContainer(TemplateMembers<Nested>(object: nested))
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        TemplateItems(slot: TemplateSlot())
    }

    mutating func superEncoder() -> any Encoder { TemplateEncoder(slot: TemplateSlot()) }
    mutating func superEncoder(forKey key: Key) -> any Encoder { superEncoder() }
}

private struct TemplateItems: UnkeyedEncodingContainer {
    let slot: TemplateSlot
    private var items: [TemplateValue] = []
    var codingPath: [any CodingKey] { [] }
    var count: Int { items.count }

    init(slot: TemplateSlot) { self.slot = slot }

    private mutating func add(_ value: TemplateValue?) {
        guard let value else { return }
        // The slot lets go of the list first, so that it grows in place.
        slot.value = nil
        items.append(value)
        slot.value = .list(items)
    }

    mutating func encodeNil() {}
    mutating func encode(_ value: Bool) { add(.flag(value)) }
    mutating func encode(_ value: String) { add(.text(value)) }
    mutating func encode(_ value: Int) { add(.text(String(value))) }
    mutating func encode(_ value: Int64) { add(.text(String(value))) }
    mutating func encode(_ value: some Encodable) throws { add(try TemplateEncoder.value(value)) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        let nested = TemplateObject()
        add(.object(nested))
        return KeyedEncodingContainer(TemplateMembers<Nested>(object: nested))
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { TemplateItems(slot: TemplateSlot()) }
    mutating func superEncoder() -> any Encoder { TemplateEncoder(slot: TemplateSlot()) }
}

private struct TemplateSingle: SingleValueEncodingContainer {
    let slot: TemplateSlot
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() {}
    mutating func encode(_ value: Bool) { slot.value = .flag(value) }
    mutating func encode(_ value: String) { slot.value = .text(value) }
    mutating func encode(_ value: Int) { slot.value = .text(String(value)) }
    mutating func encode(_ value: Int64) { slot.value = .text(String(value)) }
    mutating func encode(_ value: some Encodable) throws { slot.value = try TemplateEncoder.value(value) }
}
