/// Finds the second of two members with one name, in constant time per member.
///
/// Few names are compared one by one; a set is made only for the large objects that nobody but an attacker sends.
struct DistinctNames {
    private static let comparedOneByOne = 16
    private var seen: Set<NameBytes> = []

    /// Adds the name that follows the members found so far; false when one of them has it already.
    mutating func insert(_ name: String, after members: [JSONObject.Member]) -> Bool {
        if members.count < Self.comparedOneByOne {
            return !members.contains { $0.name.hasSameBytes(as: name) }
        }
        if seen.isEmpty {
            seen = Set(members.map { NameBytes(text: $0.name) })
        }
        return seen.insert(NameBytes(text: name)).inserted
    }
}

/// A name that hashes and compares by its UTF-8 bytes; `String` would do both by canonical equivalence.
private struct NameBytes: Hashable {
    let text: String

    static func == (a: NameBytes, b: NameBytes) -> Bool { a.text.hasSameBytes(as: b.text) }

    func hash(into hasher: inout Hasher) {
        let isHashed: Void? = text.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isHashed == nil {
            for byte in text.utf8 { hasher.combine(byte) }
        }
    }
}
