/// How a user is called: a person, or the API key behind a machine user.
public struct UserName: Hashable, Sendable {
    /// A person or a machine.
    public let kind: User.Kind
    /// The person's given and family name, or the key's name; empty when a person has none yet.
    public let name: String
    /// The person's address; empty for a machine.
    public let email: String
    /// Whether the key was deleted since.
    public let isDeleted: Bool

    /// How a user is called.
    public init(kind: User.Kind, name: String, email: String = "", isDeleted: Bool = false) {
        self.kind = kind
        self.name = name
        self.email = email
        self.isDeleted = isDeleted
    }

    /// What to show: the name, or the address while there is no name.
    public var text: String { name.isEmpty ? email : name }
}

extension User {
    /// How the user is called.
    public var displayName: UserName {
        let name = [firstName, lastName].filter { !$0.isEmpty }.joined(separator: " ")
        return UserName(kind: kind, name: name, email: email)
    }
}

/// The names of resources and of everything above them.
public struct ResourceNames: Sendable {
    /// What is known of one resource.
    public struct Entry: Hashable, Sendable {
        /// Its own name.
        public let name: String
        /// Whether it is not deleted.
        public let isLive: Bool

        /// What is known of one resource.
        public init(name: String, isLive: Bool) {
            self.name = name
            self.isLive = isLive
        }
    }

    private var entries: [NRN: Entry] = [:]
    private var places: [NRN.Level: [Int64: NRN]] = [:]

    /// No names.
    public init() {}

    /// Adds what is known of one resource.
    public mutating func add(_ nrn: NRN, _ entry: Entry) {
        entries[nrn] = entry
        places[nrn.level, default: [:]][nrn.id] = nrn
    }

    /// What is known of a resource; nil when it does not exist.
    public subscript(nrn: NRN) -> Entry? { entries[nrn] }

    /// What is known of the resource of a level with that id; levels count their ids on their own.
    public func entry(_ level: NRN.Level, _ id: Int64) -> Entry? {
        places[level]?[id].flatMap { entries[$0] }
    }

    /// The resource's own name, or its NRN when it does not exist.
    public func name(of nrn: NRN) -> String { entries[nrn]?.name ?? nrn.description }

    /// The names from the organization down to the resource itself.
    public func path(to nrn: NRN) -> [String] {
        NRN.Level.allCases.filter { $0 <= nrn.level }.map { name(of: nrn.cut(to: $0)) }
    }
}
