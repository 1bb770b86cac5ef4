/// The wire contract's table of actions and roles, written down a second time as plain text.
enum ContractRoles {
    /// One role of the table.
    struct Row: Sendable, CustomStringConvertible {
        let slug: String
        /// Nil where the contract leaves the id to Keywright.
        let id: Int64?
        /// Nil for every action.
        let actions: Set<String>?
        let machinesOnly: Bool
        /// Nil for every role.
        let assignable: Set<String>?

        var description: String { slug }
    }

    /// The names that `a|b:x|y` stands for.
    static func names(_ pattern: String) -> [String] {
        let halves = pattern.split(separator: ":")
        return halves[0].split(separator: "|").flatMap { entity in
            halves[1].split(separator: "|").map { "\(entity):\($0)" }
        }
    }

    private static func set(_ patterns: String...) -> Set<String> {
        Set(patterns.flatMap(names))
    }

    static let builtInActions: [String] = [
        "organization:read|update",
        "account|namespace|application|scope|build|release|asset|deployment|parameter|metadata:create|read|update|delete",
        "parameter:read_secret", "log:read", "infrastructure|runtime_configuration:read|update", "security:read|update",
        "report:read", "diagnostic:read", "agent:connect", "api_key|role|user|grant:create|read|update|delete",
        "audit:read", "authz:check",
    ].flatMap(names)

    private static let member = set(
        "organization|account|namespace|application|scope|build|release|asset|deployment|parameter|metadata|role:read",
        "log:read"
    )
    private static let developer = member.union(
        set("application|scope|build|release|asset|deployment|parameter|metadata:create|update|delete")
    )
    private static let machine = member.union(set("build|asset|release|metadata:create|update"))
    private static let ops = machine.union(
        set(
            "agent:connect", "diagnostic:read", "report:read", "infrastructure|runtime_configuration:read|update",
            "api_key:create|read|update|delete", "authz:check"
        )
    )
    private static let secops = member.union(
        set("security:read|update", "api_key:read", "audit:read", "user:read", "grant:read")
    )
    private static let opsMayGive: Set<String> = [
        "ops", "member", "machine:ci", "controlplane:agent", "troubleshooting", "insights-viewer", "verifier",
    ]

    private static func row(
        _ slug: String, _ id: Int64?, _ actions: Set<String>?, machinesOnly: Bool = false, assignable: Set<String>? = []
    ) -> Row {
        Row(slug: slug, id: id, actions: actions, machinesOnly: machinesOnly, assignable: assignable)
    }

    /// The current roles.
    static let rows: [Row] = [
        row("member", 704_380_989, member),
        row("developer", 700_317_756, developer),
        row("admin", 696_188_987, nil, assignable: nil),
        row("ops", 708_509_758, ops, assignable: opsMayGive),
        row("secops", 712_638_527, secops),
        row("insights-viewer", 724_959_298, member.union(["report:read"])),
        row("machine:ci", 1_855_672_260, machine, machinesOnly: true),
        row("controlplane:agent", nil, member.union(["agent:connect"]), machinesOnly: true),
        row("secrets-reader", nil, member.union(["parameter:read_secret"])),
        row("troubleshooting", nil, member.union(["diagnostic:read"])),
        row("verifier", nil, ["authz:check"], machinesOnly: true),
    ]

    /// The current role with that slug, or the one that an older level-prefixed slug stands for.
    static func row(of slug: String) -> Row? {
        rows.first { $0.slug == slug } ?? rows.first { $0.slug == plainSlug(of: slug) }
    }

    /// `admin` for `account:admin`; nil for a slug without a level.
    static func plainSlug(of slug: String) -> String? {
        let halves = slug.split(separator: ":")
        guard halves.count == 2, levels.contains(String(halves[0])) else { return nil }
        return String(halves[1])
    }

    /// The levels that have roles with older slugs.
    static let levels = ["organization", "account", "namespace", "application"]

    /// The roles that have older slugs, `level:slug`; nil where the contract leaves the id to Keywright.
    static let levelPrefixed: [(slug: String, level: String, id: Int64?)] = [
        ("admin", [511_311_886, 535_953_428, 548_274_199, 560_594_970]),
        ("developer", [515_440_655, 540_082_197, 552_402_968, 564_723_739]),
        ("member", [507_183_117, 531_824_659, 544_145_430, 556_531_737]),
        ("ops", [nil, nil, nil, nil]),
        ("secops", [nil, nil, nil, nil]),
    ].flatMap { (slug: String, ids: [Int64?]) in
        zip(levels, ids).map { (slug: slug, level: $0, id: $1) }
    }
}
