// The roles that come with Keywright: contract.md's table, with its fixed ids.

extension Role {
    /// Every built-in role: the current ones first, then the older level-prefixed spellings.
    public static let builtIn: [Role] = current + levelPrefixed

    /// The role `admin`: every action.
    public static let admin = Role.ID(696_188_987)
    /// The role `ops`.
    public static let ops = Role.ID(708_509_758)
    /// The role `secops`.
    public static let secops = Role.ID(712_638_527)
    /// The role `developer`.
    public static let developer = Role.ID(700_317_756)
    /// The role `member`.
    public static let member = Role.ID(704_380_989)
    /// The role `insights-viewer`.
    public static let insightsViewer = Role.ID(724_959_298)
    /// The role `machine:ci`.
    public static let machineCI = Role.ID(1_855_672_260)
    /// The role `controlplane:agent`.
    public static let controlplaneAgent = Role.ID(1_855_672_261)
    /// The role `secrets-reader`.
    public static let secretsReader = Role.ID(1_855_672_262)
    /// The role `troubleshooting`.
    public static let troubleshooting = Role.ID(1_855_672_263)
    /// The role `verifier`.
    public static let verifier = Role.ID(1_855_672_264)

    private static let built = ["build", "asset", "release", "metadata"]

    private static let memberActions = ActionSet(
        [
            "organization", "account", "namespace", "application", "scope", "build", "release", "asset", "deployment",
            "parameter", "metadata", "role", "log",
        ].flatMap { Action.of($0, "read") }
    )

    private static let developerActions = memberActions.union(
        ActionSet(
            ["application", "scope", "build", "release", "asset", "deployment", "parameter", "metadata"]
                .flatMap { Action.of($0, "create", "update", "delete") }
        )
    )

    private static let machineActions = memberActions.union(
        ActionSet(built.flatMap { Action.of($0, "create", "update") })
    )

    private static let opsActions =
        machineActions
        .union(ActionSet(Action.of("agent", "connect") + Action.of("diagnostic", "read") + Action.of("report", "read")))
        .union(ActionSet(Action.of("infrastructure", "read", "update")))
        .union(ActionSet(Action.of("runtime_configuration", "read", "update")))
        .union(ActionSet(Action.of("api_key", "create", "read", "update", "delete") + Action.of("authz", "check")))

    private static let secopsActions = memberActions.union(
        ActionSet(
            Action.of("security", "read", "update")
                + [.readAPIKey, .readAudit, .readUser, .readGrant]
        )
    )

    private static let opsAssignable = Assignable.roles([
        ops, member, machineCI, controlplaneAgent, troubleshooting, insightsViewer, verifier,
    ])

    private static let current: [Role] = [
        plain(member, "member", "Member", "Read the platform's resources.", memberActions),
        plain(developer, "developer", "Developer", "Build and deploy applications.", developerActions),
        plain(admin, "admin", "Admin", "Everything, API keys and people included.", .all, assignable: .all),
        plain(
            ops, "ops", "Ops", "Run the platform: infrastructure, and the API keys of pipelines, agents and services.",
            opsActions, assignable: opsAssignable
        ),
        plain(
            secops, "secops", "SecOps", "Watch over security: see API keys, grants and the audit trail.", secopsActions),
        plain(
            insightsViewer, "insights-viewer", "Insights viewer", "Read resources and reports.",
            memberActions.union(ActionSet(Action.of("report", "read")))
        ),
        plain(
            machineCI, "machine:ci", "CI machine", "What a build pipeline needs.", machineActions, userType: .machine
        ),
        plain(
            controlplaneAgent, "controlplane:agent", "Control plane agent", "What an agent in a cluster needs.",
            memberActions.union(ActionSet(Action.of("agent", "connect"))), userType: .machine
        ),
        plain(
            secretsReader, "secrets-reader", "Secrets reader", "Read resources and secret parameters.",
            memberActions.union(ActionSet(Action.of("parameter", "read_secret")))
        ),
        plain(
            troubleshooting, "troubleshooting", "Troubleshooting", "Read resources and diagnostics.",
            memberActions.union(ActionSet(Action.of("diagnostic", "read")))
        ),
        plain(
            verifier, "verifier", "Verifier", "Ask whether a credential may do something: the role of a service.",
            ActionSet([.checkAuthorization]), userType: .machine
        ),
    ]

    /// The older slugs that name a level; each may be given at that level only.
    private static let levelPrefixed: [Role] = {
        typealias Row = (level: NRN.Level, admin: Int64, developer: Int64, member: Int64, ops: Int64, secops: Int64)
        let rows: [Row] = [
            (.organization, 511_311_886, 515_440_655, 507_183_117, 519_569_424, 523_698_193),
            (.account, 535_953_428, 540_082_197, 531_824_659, 544_210_966, 548_339_735),
            (.namespace, 548_274_199, 552_402_968, 544_145_430, 556_531_738, 560_660_507),
            (.application, 560_594_970, 564_723_739, 556_531_737, 568_852_508, 572_981_277),
        ]
        return rows.flatMap { row -> [Role] in
            let level = row.level
            func prefixed(
                _ id: Int64, _ slug: String, _ name: String, _ actions: ActionSet, _ a: Assignable = .roles([])
            )
                -> Role
            {
                Role(
                    id: ID(id), organizationID: nil, slug: "\(level.name):\(slug)", name: "\(name) (\(level.name))",
                    description: "The older spelling of \(slug), at \(level.name) level only.", level: level,
                    actions: actions, assignable: a
                )
            }
            return [
                prefixed(row.admin, "admin", "Admin", .all, .all),
                prefixed(row.developer, "developer", "Developer", developerActions),
                prefixed(row.member, "member", "Member", memberActions),
                prefixed(row.ops, "ops", "Ops", opsActions, opsAssignable),
                prefixed(row.secops, "secops", "SecOps", secopsActions),
            ]
        }
    }()

    private static func plain(
        _ id: ID, _ slug: String, _ name: String, _ description: String, _ actions: ActionSet,
        assignable: Assignable = .roles([]), userType: User.Kind? = nil
    ) -> Role {
        Role(
            id: id, organizationID: nil, slug: slug, name: name, description: description, userType: userType,
            actions: actions, assignable: assignable
        )
    }
}
