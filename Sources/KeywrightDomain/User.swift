/// Somebody who acts: a person, or the machine user of an API key.
public struct User: Hashable, Sendable {
    /// A user's id.
    public typealias ID = Identifier<User>

    /// The two kinds of users.
    public enum Kind: String, CaseIterable, Sendable {
        case person
        case machine
    }

    /// Whether a user may act.
    public enum Status: String, CaseIterable, Sendable {
        case active
        case inactive
    }

    /// The number of the user.
    public let id: ID
    /// The organization the user belongs to.
    public let organizationID: Organization.ID
    /// A person or a machine.
    public let kind: Kind
    /// The address, lower-cased; empty for a machine.
    public var email: String
    /// The given name.
    public var firstName: String
    /// The family name.
    public var lastName: String
    /// The address of a picture; empty for none.
    public var avatar: String
    /// Whether the user may act.
    public var status: Status
    /// When the user was created.
    public let createdAt: Instant
    /// When the user was last changed.
    public var updatedAt: Instant

    /// A user with all members.
    public init(
        id: ID, organizationID: Organization.ID, kind: Kind = .person, email: String, firstName: String,
        lastName: String, avatar: String = "", status: Status = .active, createdAt: Instant, updatedAt: Instant
    ) {
        self.id = id
        self.organizationID = organizationID
        self.kind = kind
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.avatar = avatar
        self.status = status
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The most grants of a person.
    public static let grantLimit = 500

    /// Machine users are numbered from here, by the id of their key: they are a view of the keys.
    public static let machineIDOffset: Int64 = 1 << 40

    /// The id of the machine user of a key.
    public static func machine(of key: APIKey.ID) -> ID { ID(machineIDOffset &+ key.rawValue) }

    /// The machine user of a key.
    public init(machineOf key: APIKey) {
        self.init(
            id: key.userID, organizationID: key.organizationID, kind: .machine, email: "", firstName: key.name,
            lastName: "", status: key.isEnabled ? .active : .inactive, createdAt: key.createdAt,
            updatedAt: key.updatedAt
        )
    }
}

extension Identifier where Entity == User {
    /// The key whose machine user this is; nil for a person.
    public var machineKeyID: APIKey.ID? {
        rawValue > User.machineIDOffset ? APIKey.ID(rawValue - User.machineIDOffset) : nil
    }
}

/// Which users a list shows.
public struct UserQuery: Hashable, Sendable {
    /// Within which organization.
    public var organizationID: Organization.ID
    /// Persons or machines.
    public var kind: User.Kind = .person
    /// Exactly these ids; nil for all.
    public var ids: [User.ID]?
    /// Exactly one of these addresses, lower-cased; nil for all.
    public var emails: [String]?
    /// Exactly one of these states; nil for all.
    public var statuses: [User.Status]?
    /// Persons who hold one of these roles anywhere; nil for all.
    public var roles: [Role.ID]?
    /// Part of a person's name or address, ignoring case; nil for all.
    public var search: String?
    /// Whether persons come by name instead of by id.
    public var isByName = false

    /// All persons of an organization.
    public init(organizationID: Organization.ID) {
        self.organizationID = organizationID
    }
}

/// An address by which a person signs in.
public enum Email {
    /// The longest address in bytes.
    public static let limit = 254

    /// Checks an address and lower-cases its ASCII letters; unique in the installation in that form.
    public static func validate(_ text: String, pointer: String = "/email") throws(DomainError) -> String {
        let bytes = Array(text.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard bytes.count <= limit, parts.count == 2, !parts[0].isEmpty, parts[0].count <= 64, !parts[1].isEmpty,
            bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !Self.reserved.contains($0) }),
            !text.unicodeScalars.contains(where: { Name.isInvisible($0) || $0.properties.isWhitespace })
        else { throw .invalid(pointer, "This is not an email address.") }
        return String(decoding: bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
    }

    private static let reserved = Set("<>()[]\\,;:\"".utf8)
}

/// The rule for passwords: long, and nothing else.
public enum Password {
    /// The fewest and most bytes.
    public static let lengthInBytes = 15...1024

    /// Checks a password's length.
    public static func validate(_ password: Secret, pointer: String = "/password") throws(DomainError) {
        guard lengthInBytes.contains(password.bytes.count) else {
            throw .invalid(pointer, "A password has \(lengthInBytes.lowerBound) to \(lengthInBytes.upperBound) bytes.")
        }
    }
}
