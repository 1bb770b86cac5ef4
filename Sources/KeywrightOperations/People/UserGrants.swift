public import KeywrightDomain
import KeywrightStore

/// A person's grant.
public struct UserGrant: Sendable {
    /// The grant.
    public let grant: Grant
    /// Who holds it.
    public let userID: User.ID
}

/// A user with the grants that they hold and the roles that these give.
public struct UserRoles: Sendable {
    /// The user.
    public let userID: User.ID
    /// The grants, each with its role; a fine-grained one has no role of the catalogue.
    public let grants: [(grant: Grant, role: Role?)]
    /// The roles of the organization.
    public let catalogue: RoleCatalogue
}

extension Operations {
    /// Gives a person a role at a place.
    ///
    /// - Throws: `.invalid` for a role or place that does not exist or fit, and for a pair already granted; `.notFound`
    ///   for the user; `.forbidden`; `.conflict` for a machine user.
    public func giveGrant(_ input: GrantInput, to id: User.ID, as principal: Principal) async throws -> UserGrant {
        let place = try? NRN(parsing: input.nrn)
        let grants = try await changeGrants(of: id, "grant.create", needing: .createGrant, at: place, as: principal) {
            transaction, principal, _, old in
            try principal.require(.createGrant, at: NRN(principal.organizationID), orAt: input)
            return try Self.add([input], to: old, of: id, pointer: { _ in "" }, principal, transaction)
        }
        guard let grant = grants.new.last else { throw DomainError.notFound("grant") }
        return UserGrant(grant: grant, userID: id)
    }

    /// Gives a person several roles, all or none.
    ///
    /// - Throws: as ``giveGrant(_:to:as:)``, with `causeIndex` of the item; what the caller may not assign is `.invalid`.
    public func giveGrants(_ inputs: [GrantInput], to id: User.ID, as principal: Principal) async throws -> [Grant] {
        try await changeGrants(of: id, "grant.create", needing: .createGrant, as: principal) {
            transaction, principal, _, old in
            try Self.bulk { index in
                try Self.add(inputs, to: old, of: id, pointer: { "/\($0)" }, principal, transaction, &index)
            }
        }.new
    }

    /// Replaces all roles of a person, all or none.
    ///
    /// - Returns: the grants the person holds now.
    /// - Throws: as ``giveGrants(_:to:as:)``; `.conflict` when it would leave the organization without administrator.
    public func replaceGrants(_ inputs: [GrantInput], of id: User.ID, as principal: Principal) async throws -> [Grant] {
        try await changeGrants(of: id, "grant.replace", needing: .updateGrant, as: principal) {
            transaction, principal, user, old in
            let wanted = try Self.bulk { index in
                try Self.add(
                    inputs, to: [], of: id, keeping: old, pointer: { "/\($0)" }, principal, transaction, &index)
            }
            for grant in old where !wanted.contains(grant) {
                try Self.remove(grant, from: user, leaving: wanted, principal, transaction)
            }
            return wanted
        }.all
    }

    /// Gives a person some roles and takes others, all or none; what is in neither list stays as it is.
    ///
    /// - Returns: the grants the person holds now.
    /// - Throws: as ``giveGrants(_:to:as:)``; `.conflict` when it would leave the organization without administrator.
    public func changeGrants(
        of id: User.ID, giving inputs: [GrantInput], taking ids: Set<Grant.ID>, as principal: Principal
    ) async throws -> [Grant] {
        let required = inputs.isEmpty ? Action.deleteGrant : .createGrant
        return try await changeGrants(of: id, "grant.replace", needing: required, as: principal) {
            transaction, principal, user, old in
            let kept = old.filter { !ids.contains($0.id) }
            let wanted = try Self.bulk { index in
                try Self.add(
                    inputs, to: kept, of: id, keeping: old, pointer: { "/\($0)" }, principal, transaction, &index)
            }
            for grant in old where !wanted.contains(grant) {
                try Self.remove(grant, from: user, leaving: wanted, principal, transaction)
            }
            return wanted
        }.all
    }

    /// The grants with which a person begins.
    static func firstGrants(
        _ inputs: [GrantInput], of user: User, _ principal: Principal, _ transaction: any WriteTransaction
    ) throws -> [Grant] {
        guard !inputs.isEmpty else { return [] }
        let grants = try bulk { index in
            try add(inputs, to: [], of: user.id, pointer: { "/\($0)" }, principal, transaction, &index)
        }
        for grant in grants { try transaction.insert(grant, to: user.id, in: principal.organizationID) }
        return grants
    }

    /// Takes a grant from a person.
    ///
    /// - Throws: `.notFound`; `.forbidden`; `.conflict` for a machine user's grant and the last administrator's.
    public func takeGrant(_ id: Grant.ID, as principal: Principal) async throws {
        let holder = try await userGrant(id, as: principal).userID
        _ = try await changeGrants(of: holder, "grant.delete", needing: .deleteGrant, as: principal) {
            transaction, principal, user, old in
            guard let grant = old.first(where: { $0.id == id }) else { throw DomainError.notFound("grant") }
            try principal.require(.deleteGrant, at: grant.nrn)
            let rest = old.filter { $0.id != id }
            try Self.remove(grant, from: user, leaving: rest, principal, transaction)
            return rest
        }
    }

    /// A grant of a user of the principal's organization.
    public func userGrant(_ id: Grant.ID, as principal: Principal) async throws -> UserGrant {
        try await store.read { transaction in
            guard let found = try transaction.grant(id), found.grant.nrn.organizationID == principal.organizationID,
                principal.holds(.readGrant, at: found.grant.nrn)
            else { throw DomainError.notFound("grant") }
            return UserGrant(grant: found.grant, userID: found.userID)
        }
    }

    /// The roles of users: of those named, or of all who hold a grant, at one of some places when these are given.
    ///
    /// Each user comes with the grants that the principal may read; the page is cut among those who have any. The
    /// machine users of internal keys are there when they are named, as their keys are.
    ///
    /// - Throws: `.forbidden` when the principal reads grants nowhere.
    public func userRoles(
        of ids: [User.ID]?, at places: [NRN]?, _ page: PageRequest, as principal: Principal
    ) async throws -> [UserRoles] {
        if ids == nil || ids?.contains(where: { $0 != principal.userID }) == true {
            try principal.requireSomewhere(.readGrant)
        }
        var query = GrantHolderQuery(organizationID: principal.organizationID)
        query.ids = ids
        query.places = places
        query.visibleWithin = principal.places(holding: .readGrant)
        query.reader = principal.userID
        return try await store.read { [query] transaction in
            let catalogue = try transaction.catalogue(principal.organizationID)
            return try transaction.grantHolders(query, page).map { id in
                let grants = try transaction.grants(of: id).filter { grant in
                    grant.nrn.organizationID == principal.organizationID && places?.contains(grant.nrn) != false
                        && (id == principal.userID || principal.holds(.readGrant, at: grant.nrn))
                }
                return UserRoles(
                    userID: id, grants: grants.map { ($0, catalogue[$0.roleID]) }, catalogue: catalogue
                )
            }
        }
    }

    // MARK: Rules

    /// - Parameters:
    ///   - required: what the principal must hold somewhere before it learns whether there is such a user.
    ///   - place: where it would be used, for the words of the refusal.
    private func changeGrants(
        of id: User.ID, _ action: String, needing required: Action, at place: NRN? = nil, as principal: Principal,
        _ body: @escaping @Sendable (any WriteTransaction, Principal, User, [Grant]) throws -> [Grant]
    ) async throws -> (new: [Grant], all: [Grant]) {
        let time = now()
        let target = AuditEvent.Target("user", id.description)
        return try await mutate(action, as: principal, within: principal.scope, target: target) {
            transaction, principal in
            try principal.requireSomewhere(required, wantedAt: place)
            if id.machineKeyID != nil, let key = try id.machineKeyID.flatMap({ try transaction.apiKey($0) }),
                key.organizationID == principal.organizationID
            {
                try Self.requirePerson(User(machineOf: key))
            }
            guard let user = try transaction.person(id), user.organizationID == principal.organizationID else {
                throw DomainError.notFound("user")
            }
            let old = try transaction.grants(of: id)
            let all = try body(transaction, principal, user, old)
            let new = all.filter { !old.contains($0) }
            if new.isEmpty && all.count == old.count { return ([], all) }
            for grant in new { try transaction.insert(grant, to: id, in: principal.organizationID) }
            transaction.append(
                AuditEvent(
                    action, target, by: principal, at: time,
                    before: .list(old.map(\.snapshot)), after: .list(all.map(\.snapshot))
                )
            )
            transaction.append(Change(.user, id.rawValue, in: principal.organizationID))
            return (new, all)
        }
    }

    /// Runs a bulk change; a refusal names the item at which it stopped.
    private static func bulk<Value>(_ body: (inout Int) throws -> Value) throws -> Value {
        var index = 0
        do {
            return try body(&index)
        } catch var error as DomainError {
            guard error.code == .invalid || error.code == .forbidden else { throw error }
            if error.code == .forbidden { error = .invalid("/\(index)", error.detail) }
            error.causeIndex = index
            throw error
        }
    }

    private static func add(
        _ inputs: [GrantInput], to old: [Grant], of id: User.ID, keeping kept: [Grant] = [],
        pointer: (Int) -> String, _ principal: Principal, _ transaction: any WriteTransaction
    ) throws -> [Grant] {
        var index = 0
        return try add(inputs, to: old, of: id, keeping: kept, pointer: pointer, principal, transaction, &index)
    }

    private static func add(
        _ inputs: [GrantInput], to old: [Grant], of id: User.ID, keeping kept: [Grant] = [],
        pointer: (Int) -> String, _ principal: Principal, _ transaction: any WriteTransaction, _ index: inout Int
    ) throws -> [Grant] {
        var result = old
        guard inputs.count <= APIKey.grantLimit else {
            throw DomainError.invalid("", "At most \(APIKey.grantLimit) grants at a time.")
        }
        for (position, input) in inputs.enumerated() {
            index = position
            let place = pointer(position)
            guard result.count < User.grantLimit else {
                throw DomainError.invalid(place, "A person holds at most \(User.grantLimit) grants.")
            }
            var violations = Violations()
            let request = input.parse(place, &violations)
            try violations.check()
            guard let request else { continue }
            guard request.nrn.organizationID == principal.organizationID, try transaction.isLive(request.nrn) else {
                throw DomainError.invalid("\(place)/nrn", "There is no such resource.")
            }
            let resolved = try principal.catalogue.resolve(request, for: .person, pointer: place)
            guard let role = resolved.role else {
                throw DomainError.invalid(place, "A person is given a role, by role_slug or role_id.")
            }
            guard !result.contains(where: { $0.nrn == resolved.nrn && $0.roleID == role.id }) else {
                throw DomainError.invalid(place, "The user holds this role there already.")
            }
            if let known = kept.first(where: { resolved.matches($0) }) {
                result.append(known)
                continue
            }
            try principal.require(.createGrant, at: resolved.nrn)
            try principal.requireAssignment(of: resolved)
            let grantID = Grant.ID(try transaction.allocate(.grant))
            result.append(Grant(id: grantID, nrn: resolved.nrn, roleID: role.id, roleSlug: role.slug))
        }
        return result
    }

    /// - Parameter rest: what the user holds once the whole change is made.
    private static func remove(
        _ grant: Grant, from user: User, leaving rest: [Grant], _ principal: Principal,
        _ transaction: any WriteTransaction
    ) throws {
        try principal.require(.deleteGrant, at: grant.nrn)
        func isAdministrator(_ grant: Grant) -> Bool {
            grant.nrn.level == .organization && ["admin", "organization:admin"].contains(grant.roleSlug)
        }
        if isAdministrator(grant) && !rest.contains(where: isAdministrator) && user.status == .active {
            try requireAnotherAdministrator(than: user.id, user.organizationID, transaction)
        }
        // Nobody takes from somebody what they could not give.
        try principal.requireAssignment(of: ResolvedGrant(keeping: grant))
        try transaction.delete(grant.id)
    }
}

extension Principal {
    /// Refuses unless the principal holds the action anywhere.
    ///
    /// - Parameter place: where it was wanted; the organization when nil or elsewhere.
    func requireSomewhere(_ action: Action, wantedAt place: NRN? = nil) throws(DomainError) {
        guard places(holding: action).isEmpty else { return }
        let isOurs = place?.organizationID == organizationID
        throw .missing(action, at: isOurs ? place ?? NRN(organizationID) : NRN(organizationID))
    }

    /// Refuses unless the principal holds the action at the place of a grant, or anywhere when that cannot be read.
    func require(_ action: Action, at organization: NRN, orAt input: GrantInput) throws(DomainError) {
        guard let nrn = try? NRN(parsing: input.nrn), nrn.organization == organization.organization else {
            return try requireSomewhere(action)
        }
        try require(action, at: nrn)
    }
}
