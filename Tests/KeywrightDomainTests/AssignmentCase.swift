import KeywrightDomain

/// A row of the assignment rule's tables: who holds which role where, what they want to give where, and whether they may.
struct AssignmentCase: Sendable, CustomStringConvertible {
    let held: [(slug: String, place: String)]
    let shape: GrantRequest.Shape
    let place: String
    let allowed: Bool

    var description: String { "\(held.map { "\($0.slug) at \($0.place)" }) gives \(shape) at \(place)" }

    private init(_ allowed: Bool, _ held: [(String, String)], _ shape: GrantRequest.Shape, at place: String) {
        self.held = held.map { (slug: $0.0, place: $0.1) }
        self.shape = shape
        self.place = place
        self.allowed = allowed
    }

    static let above = "organization=1"
    static let here = "organization=1:account=2"
    static let below = "organization=1:account=2:namespace=3"
    static let beside = "organization=1:account=20"

    /// Custom roles of the organization.
    static let customRoles: [Role] = [
        // Lists two roles and holds what one of them allows.
        role(0, "team-lead", .roles([Role.developer, Role.admin]), inherits: [Role.developer]),
        // Lists everything and holds little.
        role(1, "registrar", .all, inherits: [Role.verifier]),
        // Lists a custom role.
        role(2, "painter-in-chief", .roles([id(3), Role.member]), inherits: [id(3)]),
        role(3, "painter", .roles([]), actions: ["widget:paint"]),
        // Holds everything and lists nothing.
        role(4, "almighty", .roles([]), inherits: [Role.admin]),
        // Named like the older spelling of a built-in role.
        role(5, "account-member", .roles([]), actions: ["log:read"], level: .account),
    ]

    private static func id(_ number: Int64) -> Role.ID { Role.ID(Role.firstCustomID + number) }

    private static func role(
        _ number: Int64, _ slug: String, _ assignable: Role.Assignable, actions: [String] = [],
        inherits: [Role.ID] = [], level: NRN.Level? = nil
    ) -> Role {
        Role(
            id: id(number), organizationID: Organization.ID(1), slug: slug, name: slug, level: level,
            actions: ActionSet(actions.compactMap { Action($0) }), inherits: inherits, assignable: assignable
        )
    }

    static let ofCustomRoles: [Self] = [
        Self(true, [("admin", here)], .slug("almighty"), at: here),
        Self(true, [("admin", above)], .role(id(3)), at: below),
        Self(false, [("admin", below)], .slug("painter"), at: here),
        Self(false, [("ops", here)], .slug("painter"), at: here),
        Self(false, [("developer", here)], .slug("painter"), at: here),
        Self(false, [("ops", here)], .slug("account-member"), at: here),  // Its own role, no older spelling of member.
        Self(true, [("admin", here)], .slug("account-member"), at: here),
        Self(true, [("team-lead", here)], .slug("developer"), at: here),
        Self(true, [("team-lead", here)], .slug("account:developer"), at: here),
        Self(false, [("team-lead", here)], .slug("developer"), at: above),
        Self(false, [("team-lead", here)], .slug("member"), at: here),  // Holds its actions, but does not list it.
        Self(false, [("team-lead", here)], .slug("admin"), at: here),  // Lists it, but does not hold its actions.
        Self(false, [("team-lead", here)], .slug("team-lead"), at: here),
        Self(true, [("registrar", here)], .slug("verifier"), at: here),
        Self(true, [("registrar", here)], .slug("registrar"), at: below),
        Self(false, [("registrar", here)], .slug("member"), at: here),
        Self(false, [("registrar", here)], .slug("admin"), at: here),
        Self(true, [("painter-in-chief", here)], .slug("painter"), at: below),
        Self(false, [("painter-in-chief", here)], .slug("painter-in-chief"), at: here),
        Self(false, [("painter-in-chief", here)], .slug("member"), at: here),
        Self(false, [("almighty", here)], .slug("member"), at: here),
        // One grant lists the role, another brings its actions: the rule asks for both, not for one grant with both.
        Self(true, [("registrar", here), ("developer", above)], .slug("developer"), at: here),
        Self(true, [("registrar", here), ("almighty", here)], .slug("admin"), at: here),
        Self(false, [("registrar", below), ("almighty", here)], .slug("admin"), at: here),
        Self(false, [("registrar", here), ("almighty", below)], .slug("admin"), at: here),
        Self(false, [("registrar", beside), ("almighty", here)], .slug("admin"), at: here),
        Self(true, [("registrar", above), ("almighty", here)], .slug("admin"), at: below),
        Self(false, [], .slug("verifier"), at: here),
    ]

    static func actions(_ names: String...) -> GrantRequest.Shape {
        .actions(names.compactMap { Action($0) })
    }

    static let ofActions: [Self] = [
        // Actions: given by whoever holds them there.
        Self(true, [("ops", here)], actions("api_key:create", "agent:connect"), at: here),
        Self(true, [("ops", above)], actions("api_key:create"), at: below),
        Self(false, [("ops", here)], actions("api_key:create"), at: above),
        Self(false, [("ops", here)], actions("api_key:create"), at: beside),
        Self(false, [("ops", here)], actions("api_key:create", "user:create"), at: here),
        Self(false, [("ops", here)], actions("parameter:read_secret"), at: here),
        Self(false, [("ops", here)], actions("widget:paint"), at: here),
        Self(true, [("admin", here)], actions("widget:paint", "user:create"), at: here),
        Self(true, [("painter", here)], actions("widget:paint"), at: below),
        Self(false, [("painter", here)], actions("widget:burn"), at: here),
        Self(true, [("painter", here), ("verifier", above)], actions("widget:paint", "authz:check"), at: here),
        Self(false, [("painter", here), ("verifier", below)], actions("widget:paint", "authz:check"), at: here),
        Self(false, [], actions("widget:paint"), at: here),
    ]

    static func inherits(_ slugs: [String], add: [String] = [], remove: [String] = []) -> GrantRequest.Shape {
        .inherits(slugs, add: add.compactMap { Action($0) }, remove: remove.compactMap { Action($0) })
    }

    static let ofInheritedRoles: [Self] = [
        // Inherited roles: each assignable; added actions held.
        Self(true, [("ops", here)], inherits(["member", "machine:ci"]), at: here),
        Self(true, [("ops", here)], inherits(["account:member"]), at: here),
        Self(true, [("ops", here)], inherits(["member"], add: ["infrastructure:read"]), at: below),
        Self(false, [("ops", here)], inherits(["member"], add: ["user:read"]), at: here),
        Self(false, [("ops", here)], inherits(["member"], add: ["widget:paint"]), at: here),
        Self(true, [("ops", here)], inherits(["member"], add: ["user:read"], remove: ["user:read"]), at: here),
        Self(false, [("ops", here)], inherits(["member", "developer"]), at: here),
        Self(false, [("ops", here)], inherits(["admin"], remove: ["user:create"]), at: here),
        Self(false, [("ops", here)], inherits(["member", "registrar"]), at: here),  // Held, but not listed.
        Self(
            false, [("ops", here)],  // Not even when nothing is left but what they hold.
            .inherits(["developer"], add: [], remove: Action.builtIn.filter { $0 != .readRole }), at: here),
        Self(false, [("ops", here)], inherits(["member"]), at: above),
        Self(false, [("secops", here)], inherits(["member"]), at: here),
        Self(false, [("almighty", here)], inherits(["member"]), at: here),
        Self(true, [("admin", here)], inherits(["admin"], add: ["widget:paint"], remove: ["user:create"]), at: here),
        Self(true, [("admin", here)], inherits(["painter", "team-lead"]), at: below),
        Self(true, [("registrar", here)], inherits(["verifier"]), at: here),
        Self(false, [("registrar", here)], inherits(["verifier", "painter"]), at: here),
        Self(false, [], inherits(["verifier"]), at: here),
        Self(false, [], inherits(["verifier"], add: ["user:read"], remove: ["authz:check"]), at: here),
    ]
}
