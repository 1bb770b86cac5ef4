import KeywrightDomain

/// What the demonstration consists of: the same every time.
enum DemonstrationPlan {
    /// A resource, by the slugs from the account down.
    struct Place {
        let path: String
        let name: String

        var slug: String { path.split(separator: "/").last.map(String.init) ?? "" }
        var parentPath: String { path.split(separator: "/").dropLast().joined(separator: "/") }
    }

    /// Somebody; their address is their role.
    struct Person {
        let firstName: String
        let lastName: String
        let roleSlug: String
        /// Where they hold the role.
        let path: String
    }

    /// How a key ends up.
    enum State: Equatable {
        case active
        case disabled
        case expiring(days: Int)
        case expired
        case deleted
        /// Internal: no list shows it.
        case hidden
    }

    /// An API key.
    struct Key {
        let name: String
        let grants: [(path: String, shape: GrantInput.Shape)]
        var tags: [TagInput] = []
        var state = State.active
        /// Else the administrator made it.
        var isMadeByOps = false
    }

    static let accounts = [Place(path: "payments", name: "Payments"), Place(path: "logistics", name: "Logistics")]

    static let namespaces = [
        Place(path: "payments/checkout", name: "Checkout"),
        Place(path: "payments/fraud", name: "Fraud detection"),
        Place(path: "logistics/shipping", name: "Shipping"),
        Place(path: "logistics/warehouse", name: "Warehouse"),
    ]

    static let applications = [
        Place(path: "payments/checkout/cart-api", name: "Cart API"),
        Place(path: "payments/checkout/payment-gateway", name: "Payment gateway"),
        Place(path: "payments/fraud/risk-scoring", name: "Risk scoring"),
        Place(path: "logistics/shipping/tracking-api", name: "Tracking API"),
        Place(path: "logistics/shipping/label-printer", name: "Label printer"),
        Place(path: "logistics/warehouse/inventory", name: "Inventory"),
        Place(path: "logistics/warehouse/picking-app", name: "Picking app"),
    ]

    static let scopes = applications.flatMap { application in
        [
            Place(path: "\(application.path)/production", name: "Production"),
            Place(path: "\(application.path)/staging", name: "Staging"),
        ]
    }

    /// Parents before children.
    static let resources = accounts + namespaces + applications + scopes

    static let role = RoleDraft(
        name: "Release manager", slug: "release-manager",
        description: "Read the platform's resources; make and deploy releases.",
        actions: ["release:create", "release:update", "deployment:create", "deployment:update"], inherits: ["member"]
    )

    /// One of each role that people may hold, beside the administrator.
    static let persons = [
        Person(firstName: "Ivo", lastName: "Kranjc", roleSlug: "ops", path: ""),
        Person(firstName: "Salma", lastName: "Haddad", roleSlug: "secops", path: ""),
        Person(firstName: "Dana", lastName: "Rivera", roleSlug: "developer", path: "payments"),
        Person(firstName: "Mika", lastName: "Virtanen", roleSlug: "member", path: ""),
        Person(firstName: "Noor", lastName: "de Vries", roleSlug: "insights-viewer", path: "logistics"),
        Person(firstName: "Tariq", lastName: "Aziz", roleSlug: "secrets-reader", path: "payments/checkout"),
        Person(firstName: "Lea", lastName: "Brunner", roleSlug: "troubleshooting", path: "logistics/shipping"),
        Person(firstName: "Jun", lastName: "Sato", roleSlug: "release-manager", path: "payments/checkout"),
    ]
}
