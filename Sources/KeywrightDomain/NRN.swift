/// The name of a resource: `organization=1:account=2:namespace=3:application=4:scope=5`, or any prefix of it.
///
/// A fixed-size value; absent levels are 0. It says where a resource would lie, not that it exists.
public struct NRN: Hashable, Sendable, CustomStringConvertible {
    /// The five levels of the tree, from the top.
    public enum Level: Int, CaseIterable, Comparable, Sendable {
        case organization = 1
        case account
        case namespace
        case application
        case scope

        /// The word used in NRNs and paths.
        public var name: String { "\(word)" }

        fileprivate var word: StaticString {
            switch self {
            case .organization: "organization"
            case .account: "account"
            case .namespace: "namespace"
            case .application: "application"
            case .scope: "scope"
            }
        }

        /// The level above; nil for the organization.
        public var parent: Level? { Level(rawValue: rawValue - 1) }
        /// The level below; nil for the scope.
        public var child: Level? { Level(rawValue: rawValue + 1) }

        /// The level of that name.
        public init?(name: String) {
            guard let level = Level.allCases.first(where: { $0.name == name }) else { return nil }
            self = level
        }

        /// By depth: the organization is smallest.
        public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    }

    /// The organization's id, always above 0.
    public let organization: Int64
    /// The account's id, or 0.
    public let account: Int64
    /// The namespace's id, or 0.
    public let namespace: Int64
    /// The application's id, or 0.
    public let application: Int64
    /// The scope's id, or 0.
    public let scope: Int64

    /// The NRN of an organization.
    public init(organization: Int64) {
        self.init(slots: organization, 0, 0, 0, 0)
    }

    private init(slots organization: Int64, _ account: Int64, _ namespace: Int64, _ application: Int64, _ scope: Int64)
    {
        self.organization = organization
        self.account = account
        self.namespace = namespace
        self.application = application
        self.scope = scope
    }

    /// An NRN from the five slots of a stored row: 0 where a level is absent; nil when a level is missing in between.
    public init?(slots: [Int64]) {
        guard slots.count == 5, slots[0] > 0 else { return nil }
        var ended = false
        for slot in slots {
            if slot < 0 || slot >= IdentifierText.limit || (ended && slot != 0) { return nil }
            ended = slot == 0
        }
        self.init(slots: slots[0], slots[1], slots[2], slots[3], slots[4])
    }

    /// Parses the text form.
    ///
    /// - Throws: `DomainError` `.invalid` with an empty pointer: the levels are not a prefix of the five, or an id is
    ///   not a positive number below 2^53 without leading zero.
    public init(parsing text: some StringProtocol) throws(DomainError) {
        var text = String(text)
        guard let parsed = text.withUTF8({ NRN($0.span) }) else {
            throw .invalid(
                "",
                "An NRN reads organization=1:account=2:namespace=3:application=4:scope=5, or a prefix of that."
            )
        }
        self = parsed
    }

    /// Parses the bytes of the text form; nil when they are none.
    public init?(_ bytes: Span<UInt8>) {
        var slots: (Int64, Int64, Int64, Int64, Int64) = (0, 0, 0, 0, 0)
        var position = 0
        for level in Level.allCases {
            guard let id = NRN.identifier(of: level, in: bytes, &position) else { return nil }
            switch level {
            case .organization: slots.0 = id
            case .account: slots.1 = id
            case .namespace: slots.2 = id
            case .application: slots.3 = id
            case .scope: slots.4 = id
            }
            if position == bytes.count { break }
            guard bytes[position] == UInt8(ascii: ":") else { return nil }
            position += 1
        }
        guard position == bytes.count, bytes[position - 1] != UInt8(ascii: ":") else { return nil }
        self.init(slots: slots.0, slots.1, slots.2, slots.3, slots.4)
    }

    /// The id in `level=id` at a position, which moves behind it.
    private static func identifier(of level: Level, in bytes: Span<UInt8>, _ position: inout Int) -> Int64? {
        let start = position
        let isThere = level.word.withUTF8Buffer { word in
            guard bytes.count - start > word.count else { return false }
            for index in word.indices where bytes[start + index] != word[index] { return false }
            return bytes[start + word.count] == UInt8(ascii: "=")
        }
        guard isThere else { return nil }
        position += level.word.utf8CodeUnitCount + 1
        return IdentifierText.parse(bytes, from: &position)
    }

    /// The slot of one level: an id, or 0 when the NRN ends above it.
    public subscript(level: Level) -> Int64 {
        switch level {
        case .organization: organization
        case .account: account
        case .namespace: namespace
        case .application: application
        case .scope: scope
        }
    }

    /// The level of the resource it names.
    public var level: Level {
        if scope != 0 { return .scope }
        if application != 0 { return .application }
        if namespace != 0 { return .namespace }
        return account != 0 ? .account : .organization
    }

    /// The id of the resource it names.
    public var id: Int64 { self[level] }

    /// All five slots, from the top.
    public var slots: [Int64] { [organization, account, namespace, application, scope] }

    /// The resource above; nil for an organization.
    public var parent: NRN? { level.parent.map { cut(to: $0) } }

    /// The ancestor (or the resource itself) at a level that is not below its own.
    public func cut(to level: Level) -> NRN {
        NRN(
            slots: organization,
            level >= .account ? account : 0,
            level >= .namespace ? namespace : 0,
            level >= .application ? application : 0,
            level >= .scope ? scope : 0
        )
    }

    /// The child with that id; nil below a scope.
    public func child(_ id: Int64) -> NRN? {
        guard let level = level.child, id > 0 else { return nil }
        var slots = slots
        slots[level.rawValue - 1] = id
        return NRN(slots: slots)
    }

    /// Whether a grant here holds there: the same resource or one beneath it. Slot by slot, never by text.
    @inlinable
    public func covers(_ other: NRN) -> Bool {
        organization == other.organization
            && (account == 0 || account == other.account)
            && (namespace == 0 || namespace == other.namespace)
            && (application == 0 || application == other.application)
            && (scope == 0 || scope == other.scope)
    }

    /// The text form, which parses back to the same value.
    public var description: String {
        var text = "organization=\(organization)"
        for level in Level.allCases.dropFirst() where self[level] != 0 {
            text += ":\(level.name)=\(self[level])"
        }
        return text
    }
}
