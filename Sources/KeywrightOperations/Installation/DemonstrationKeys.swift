import KeywrightDomain

extension DemonstrationPlan {
    /// Every key beside the first Admin key, in the order in which they are made.
    ///
    /// Those that end within the half year come first, so that they had time to.
    static let keys: [Key] = {
        let listed = applicationKeys + namespaceKeys + accountKeys + organizationKeys
        // Mixed, as grown over time: 37 shares no divisor with 59.
        return endedKeys + listed.indices.map { listed[$0 * 37 % listed.count] }
    }()

    private static func slug(_ path: String, _ level: Int) -> String {
        path.split(separator: "/").dropFirst(level).first.map(String.init) ?? ""
    }

    private static func tag(_ key: String, _ value: String) -> TagInput {
        TagInput(key: key, value: value)
    }

    private static let applicationKeys = applications.flatMap { application -> [Key] in
        let (path, team) = (application.path, tag("team", slug(application.path, 1)))
        return [
            Key(
                name: "ci-\(application.slug)", grants: [(path, .slug("machine:ci"))], tags: [team, tag("CI", "main")],
                isMadeByOps: true
            ),
            Key(
                name: "deploy-\(application.slug)-production", grants: [("\(path)/production", .slug("developer"))],
                tags: [team, tag("env", "production")]
            ),
            Key(
                name: "deploy-\(application.slug)-staging", grants: [("\(path)/staging", .slug("developer"))],
                tags: [team, tag("env", "staging")]
            ),
        ]
    }

    private static let namespaceKeys = namespaces.flatMap { namespace -> [Key] in
        [
            Key(
                name: "agent-\(namespace.slug)", grants: [(namespace.path, .slug("controlplane:agent"))],
                tags: [tag("team", namespace.slug), tag("cluster", "eu-west-1")], isMadeByOps: true
            ),
            Key(
                name: "metrics-\(namespace.slug)", grants: [(namespace.path, .slug("insights-viewer"))],
                tags: [tag("team", namespace.slug)], isMadeByOps: true
            ),
        ]
    }

    private static let accountKeys = accounts.flatMap { account -> [Key] in
        [
            Key(
                name: "terraform-\(account.slug)", grants: [(account.path, .slug("admin"))],
                tags: [tag("managed-by", "terraform")]
            ),
            Key(
                name: "on-call-\(account.slug)",
                grants: [(account.path, .slug("troubleshooting")), (account.path, .slug("insights-viewer"))],
                tags: [tag("team", "on-call")], isMadeByOps: true
            ),
            Key(
                name: "gateway-\(account.slug)", grants: [(account.path, .slug("verifier"))],
                tags: [tag("env", "production"), tag("service", "gateway")], isMadeByOps: true
            ),
            Key(name: "backup-\(account.slug)", grants: [(account.path, .slug("member"))], isMadeByOps: true),
            Key(name: "secrets-sync-\(account.slug)", grants: [(account.path, .slug("secrets-reader"))]),
        ]
    }

    private static let organizationKeys = [
        Key(
            name: "terraform-organization", grants: [("", .slug("admin"))],
            tags: [tag("managed-by", "terraform"), tag("owner", "platform"), tag("cost-center", "4711")]
        ),
        Key(
            name: "organization-admin-api-key", grants: [("", .slug("admin"))], tags: [tag("owner", "platform")],
            state: .expiring(days: 9)
        ),
        Key(name: "siem-export", grants: [("", .slug("secops"))], tags: [tag("team", "security")]),
        Key(name: "ops-automation", grants: [("", .slug("ops"))], tags: [tag("team", "platform")], isMadeByOps: true),
        Key(name: "status-page", grants: [("", .slug("verifier"))], isMadeByOps: true),
        Key(
            name: "developer-portal", grants: [("", .slug("member")), ("", .slug("verifier"))],
            tags: [tag("team", "platform"), tag("env", "production")]
        ),
        Key(
            name: "release-train",
            grants: [("payments", .slug("release-manager")), ("logistics", .slug("release-manager"))],
            tags: [tag("team", "release")]
        ),
        Key(
            name: "release-notes-bot",
            grants: [("", .inherits(["release-manager"], add: ["report:read"], remove: ["deployment:create"]))],
            tags: [tag("team", "release")]
        ),
        Key(
            name: "compliance-report", grants: [("", .actions(["api_key:read", "audit:read", "user:read"]))],
            tags: [tag("team", "security"), tag("audit", "yearly")]
        ),
        Key(name: "cost-report", grants: [("", .actions(["account:read", "report:read"]))]),
        Key(
            name: "legacy-jenkins", grants: [("payments", .slug("account:developer"))], tags: [tag("CI", "jenkins")],
            state: .disabled
        ),
        Key(name: "legacy-directory-sync", grants: [("", .slug("organization:member"))], state: .disabled),
        Key(
            name: "contractor-risk-models", grants: [("payments/fraud", .slug("developer"))],
            tags: [tag("owner", "contractor")], state: .expiring(days: 5)
        ),
        Key(
            name: "load-test",
            grants: [
                ("payments/checkout/cart-api/staging", .slug("developer")),
                ("logistics/shipping/tracking-api/staging", .slug("developer")),
            ],
            tags: [tag("env", "staging")], state: .expiring(days: 2)
        ),
        Key(
            name: "mobile-build-farm",
            grants: [
                ("payments/checkout/cart-api", .slug("machine:ci")),
                ("logistics/shipping/tracking-api", .slug("machine:ci")),
                ("logistics/warehouse/picking-app", .slug("machine:ci")),
            ],
            tags: [tag("CI", "mobile"), tag("team", "mobile")], isMadeByOps: true
        ),
        Key(
            name: "data-warehouse-loader",
            grants: [("payments/fraud/risk-scoring", .slug("secrets-reader")), ("logistics", .slug("member"))],
            tags: [tag("team", "data")]
        ),
        Key(
            name: "Überweisungsabgleich (nachts)", grants: [("payments/checkout/payment-gateway", .slug("developer"))],
            tags: [tag("region", "München")]
        ),
        Key(
            name: "配送ラベル印刷", grants: [("logistics/shipping/label-printer", .slug("machine:ci"))],
            tags: [tag("region", "東京")], isMadeByOps: true
        ),
        Key(
            name: "Nightly reconciliation of card settlements with bank statements (read only)",
            grants: [
                ("payments", .slug("member")),
                ("payments/checkout/payment-gateway/production", .slug("secrets-reader")),
            ],
            tags: [
                tag("team", "finance"), tag("env", "production"), tag("schedule", "nightly"),
                tag("cost-center", "4712"), tag("owner", "finance-systems"),
            ]
        ),
        Key(name: "incident-drill", grants: [("", .slug("troubleshooting"))], state: .disabled, isMadeByOps: true),
    ]

    /// What the default list does not show.
    private static let endedKeys = [
        Key(name: "hackathon", grants: [("logistics/warehouse", .slug("developer"))], state: .expired),
        Key(
            name: "vendor-trial", grants: [("payments/fraud/risk-scoring/staging", .slug("member"))],
            tags: [tag("owner", "contractor")], state: .expired
        ),
        Key(name: "lost-laptop", grants: [("", .slug("ops"))], state: .deleted),
        Key(name: "internal-scheduler", grants: [("", .slug("ops"))], state: .hidden),
    ]
}
