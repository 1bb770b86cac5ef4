/// Something that can be done, as in `api_key:create`.
///
/// Any well-formed name may be granted and verified, since platforms have actions of their own.
public struct Action: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name, `^[a-z][a-z0-9_]{0,39}:[a-z][a-z0-9_]{0,39}$`.
    public let name: String

    /// Parses a name; nil when it is not well-formed.
    public init?(_ name: String) {
        var name = name
        guard name.withUTF8({ Action.isName($0.span) }) else { return nil }
        self.name = name
    }

    /// Parses the bytes of a name; nil when it is not well-formed.
    public init?(_ bytes: Span<UInt8>) {
        guard Action.isName(bytes) else { return nil }
        name = bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    private init(entity: String, verb: String) {
        name = "\(entity):\(verb)"
    }

    /// The name.
    public var description: String { name }

    /// By name.
    public static func < (a: Action, b: Action) -> Bool { a.name < b.name }

    private static func isName(_ bytes: Span<UInt8>) -> Bool {
        var position = 0
        guard skipWord(bytes, &position), position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
            return false
        }
        position += 1
        return skipWord(bytes, &position) && position == bytes.count
    }

    /// Moves a position behind the word of 1 to 40 characters that stands there.
    private static func skipWord(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        let start = position
        guard start < bytes.count, (0x61...0x7A).contains(bytes[start]) else { return false }
        while position < bytes.count {
            let byte = bytes[position]
            guard (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F else { break }
            position += 1
        }
        return position - start <= 40
    }

    /// The actions of one entity.
    static func of(_ entity: String, _ verbs: String...) -> [Action] {
        verbs.map { Action(entity: entity, verb: $0) }
    }
}

// The actions that Keywright itself asks for.
extension Action {
    /// Create an API key.
    public static let createAPIKey = Action(entity: "api_key", verb: "create")
    /// See an API key.
    public static let readAPIKey = Action(entity: "api_key", verb: "read")
    /// Change an API key.
    public static let updateAPIKey = Action(entity: "api_key", verb: "update")
    /// Delete an API key.
    public static let deleteAPIKey = Action(entity: "api_key", verb: "delete")
    /// Create a custom role.
    public static let createRole = Action(entity: "role", verb: "create")
    /// See roles.
    public static let readRole = Action(entity: "role", verb: "read")
    /// Change a custom role.
    public static let updateRole = Action(entity: "role", verb: "update")
    /// Delete a custom role.
    public static let deleteRole = Action(entity: "role", verb: "delete")
    /// Create or invite a user.
    public static let createUser = Action(entity: "user", verb: "create")
    /// See users.
    public static let readUser = Action(entity: "user", verb: "read")
    /// Change a user.
    public static let updateUser = Action(entity: "user", verb: "update")
    /// Give a user a role.
    public static let createGrant = Action(entity: "grant", verb: "create")
    /// See who holds which role.
    public static let readGrant = Action(entity: "grant", verb: "read")
    /// Replace the roles of a user.
    public static let updateGrant = Action(entity: "grant", verb: "update")
    /// Take a role from a user.
    public static let deleteGrant = Action(entity: "grant", verb: "delete")
    /// Read the audit trail.
    public static let readAudit = Action(entity: "audit", verb: "read")
    /// Ask whether somebody else's credential may do something.
    public static let checkAuthorization = Action(entity: "authz", verb: "check")

    /// The action on a resource of a level, as in `namespace:create`.
    public static func on(_ level: NRN.Level, _ verb: ResourceVerb) -> Action {
        Action(entity: level.name, verb: verb.rawValue)
    }

    /// What can be done to a resource.
    public enum ResourceVerb: String, Sendable {
        case create
        case read
        case update
        case delete
    }

    /// Every action that is built in, sorted by name.
    public static let builtIn: [Action] = {
        var all = of("organization", "read", "update")
        let crud = [
            "account", "namespace", "application", "scope", "build", "release", "asset", "deployment", "parameter",
            "metadata", "api_key", "role", "user", "grant",
        ]
        for entity in crud { all += of(entity, "create", "read", "update", "delete") }
        all += of("parameter", "read_secret") + of("log", "read") + of("infrastructure", "read", "update")
        all += of("runtime_configuration", "read", "update") + of("security", "read", "update")
        all += of("report", "read") + of("diagnostic", "read") + of("agent", "connect")
        all += of("audit", "read") + of("authz", "check")
        return all.sorted()
    }()
}
