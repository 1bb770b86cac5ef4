import KeywrightDomain
import KeywrightOperations

/// One row of the grants of a key or a person, as `api_key_grant.mustache` describes it.
struct APIKeyGrantRow: Encodable {
    struct Chosen: Encodable {
        let chosenRole: String
    }

    struct RoleOption: Encodable {
        let roleSlug: String
        let roleName: String
        let roleHint: String
        let roleLevel: String
        let isRoleOn: Bool
        let isRoleClosed: Bool
    }

    struct Hit: Encodable {
        let hitNRN: String
        let hitName: String
        let hitPath: String
        let isHitOn: Bool
    }

    let grantNumber: String
    let grantResourceText: String
    let grantNRN: String
    let grantPath: String?
    let resourceError: String?
    let rolesError: String?
    let resourceDescribedBy: String?
    let rolesDescribedBy: String?
    let chosenRoles: [Chosen]
    let roleOptions: [RoleOption]
    var grantHits: [Hit] = []
    var hitsText: String?

    /// - Parameters:
    ///   - number: the row's number, from 1; "N" for the one that scripts copy.
    ///   - held: the grants that are being changed.
    init(
        _ number: String, _ row: APIKeyEntries.Row, for kind: User.Kind = .machine, held: [Grant],
        _ names: APIKeyNames, _ principal: Principal, resourceError: String? = nil, rolesError: String? = nil
    ) {
        let nrn = try? NRN(parsing: row.nrn)
        let isKnown = nrn.map { names.resources[$0] != nil } ?? false
        grantNumber = number
        grantNRN = isKnown ? row.nrn : ""
        if let nrn, isKnown {
            grantResourceText = names.label(of: nrn)
            grantPath = names.resources.path(to: nrn).way
        } else {
            grantResourceText = row.text
            grantPath = nil
        }
        self.resourceError = resourceError
        self.rolesError = rolesError
        let describedBy = [
            resourceError.map { _ in "resource_\(number)-error" }, "resource_\(number)-path",
        ].compactMap(\.self)
        resourceDescribedBy = describedBy.joined(separator: " ")
        rolesDescribedBy = rolesError.map { _ in "role_\(number)-error" }
        let kept = held.filter { $0.custom != nil && $0.nrn == nrn }
        roleOptions =
            kept.map { grant in
                RoleOption(
                    roleSlug: APIKeyEntries.kept(grant), roleName: names.roleName(grant),
                    roleHint: "A set of this key's own", roleLevel: "",
                    isRoleOn: row.roles.contains(APIKeyEntries.kept(grant)), isRoleClosed: false
                )
            } + Self.options(row, at: nrn, for: kind, held, names.catalogue, principal)
        chosenRoles = roleOptions.filter(\.isRoleOn).map { Chosen(chosenRole: $0.roleName) }
    }

    /// The roles for that kind of user; older spellings only where they are chosen already.
    private static func options(
        _ row: APIKeyEntries.Row, at nrn: NRN?, for kind: User.Kind, _ held: [Grant], _ catalogue: RoleCatalogue,
        _ principal: Principal
    ) -> [RoleOption] {
        catalogue.all.compactMap { role in
            let isOn = row.roles.contains(role.slug)
            guard role.fits(kind) else { return nil }
            if role.isBuiltIn, role.level != nil, !isOn { return nil }
            let isHeld = held.contains { $0.custom == nil && $0.nrn == nrn && $0.roleSlug == role.slug }
            let reason = isHeld ? nil : closed(role, at: nrn, for: kind, principal)
            return RoleOption(
                roleSlug: role.slug, roleName: role.name,
                roleHint: reason ?? (role.description.isEmpty ? role.slug : role.description),
                roleLevel: role.level?.name ?? "", isRoleOn: isOn, isRoleClosed: reason != nil && !isOn
            )
        }
    }

    /// Why a role cannot be chosen; nil when it can.
    private static func closed(
        _ role: Role, at nrn: NRN?, for kind: User.Kind, _ principal: Principal
    ) -> String? {
        if let nrn, !role.fits(nrn.level) { return "Only on \(role.level?.name ?? "another level")" }
        let places = nrn.map { [$0] } ?? principal.places(holding: kind == .machine ? .createAPIKey : .createGrant)
        let isAssignable = places.contains { place in
            guard
                let grant = try? principal.catalogue.resolve(
                    GrantRequest(
                        nrn: role.level.map { place.cut(to: min($0, place.level)) } ?? place, shape: .role(role.id)),
                    for: kind, pointer: ""
                )
            else { return role.level.map { $0 > place.level } ?? false }
            return (try? principal.requireAssignment(of: grant)) != nil
        }
        return isAssignable ? nil : "You can't give this role\(nrn == nil ? "" : " here")"
    }
}
