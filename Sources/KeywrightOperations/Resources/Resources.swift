public import KeywrightDomain
import KeywrightStore

/// What shall be different about a resource; nil leaves a member as it is.
public struct ResourceChanges: Sendable {
    /// A new name.
    public var name: String?
    /// A new slug.
    public var slug: String?
    /// `active` or `inactive`.
    public var status: String?

    /// Nothing different.
    public init() {}
}

extension Operations {
    /// A resource of the principal's organization.
    ///
    /// - Parameter showsDeleted: whether a deleted one counts as there.
    /// - Throws: `.notFound` when it is absent, or the principal may not read it.
    public func resource(
        _ level: NRN.Level, _ id: Int64, showsDeleted: Bool = false, as principal: Principal
    ) async throws -> Resource {
        try await store.read { try Self.visibleResource(level, id, showsDeleted, principal, $0) }
    }

    /// A part of the resources of a level that the principal may read.
    public func resources(
        _ query: ResourceQuery, _ page: PageRequest, as principal: Principal
    ) async throws -> Page<Resource> {
        let places = principal.places(holding: .on(query.level, .read))
        let organization = NRN(principal.organizationID)
        guard !places.isEmpty else { throw DomainError.missing(.on(query.level, .read), at: organization) }
        var query = query
        query.organizationID = principal.organizationID
        query.visibleWithin = places.contains(organization) ? nil : places
        return try await store.read { [query] in try $0.resources(query, page) }
    }

    /// Adds a resource beneath another.
    ///
    /// - Parameters:
    ///   - parentID: the id of the resource one level up.
    ///   - slug: made from the name when nil.
    /// - Throws: `.invalid`, also for a parent that is absent, or that the principal neither reads nor adds to;
    ///   `.forbidden`; `.conflict` when a sibling has the slug.
    public func createResource(
        _ level: NRN.Level, name: String, slug: String?, parentID: Int64, as principal: Principal
    ) async throws -> Resource {
        let time = now()
        guard let parentLevel = level.parent else {
            throw DomainError(.forbidden, "Organizations are created on the server, with keywright admin create.")
        }
        var violations = Violations()
        let checkedName = try violations.collect { () throws(DomainError) in
            try Name.validate(name, limit: Name.resourceLimit)
        }
        let checkedSlug = try violations.collect { () throws(DomainError) in
            try Slug.validate(slug ?? Slug.derived(from: name) ?? "")
        }
        settings.keyFormat.refuseKeys(in: [("/name", name)], &violations)
        try violations.check()
        return try await mutate(
            "\(level.name).create", as: principal, within: principal.scope, target: .unmade(level.name)
        ) {
            transaction, principal in
            guard let parent = try transaction.resource(parentLevel, parentID), parent.isLive,
                parent.nrn.organizationID == principal.organizationID,
                principal.holds(.on(parentLevel, .read), at: parent.nrn)
                    || principal.holds(.on(level, .create), at: parent.nrn)
            else { throw DomainError.invalid("/\(parentLevel.name)_id", "There is no such \(parentLevel.name).") }
            try principal.require(.on(level, .create), at: parent.nrn)
            let id = try transaction.allocate(.resource(level))
            guard let nrn = parent.nrn.child(id) else { throw DomainError.notFound(level.name) }
            let resource = Resource(
                nrn: nrn, name: checkedName ?? "", slug: checkedSlug ?? "", createdAt: time, updatedAt: time
            )
            try Self.requireFreeSlug(resource, transaction)
            try transaction.insert(resource)
            let target = AuditEvent.Target(level.name, id.description)
            transaction.append(
                AuditEvent("\(level.name).create", target, by: principal, at: time, after: resource.snapshot)
            )
            transaction.append(Change(.resource, id, in: principal.organizationID))
            return resource
        }
    }

    /// Changes a resource's name, slug or status.
    ///
    /// - Throws: `.notFound`; `.forbidden`; `.invalid`; `.conflict` when a sibling has the slug.
    public func updateResource(
        _ level: NRN.Level, _ id: Int64, _ changes: ResourceChanges, as principal: Principal
    ) async throws -> Resource {
        let time = now()
        var violations = Violations()
        let name = try changes.name.flatMap { text in
            try violations.collect { () throws(DomainError) in try Name.validate(text, limit: Name.resourceLimit) }
        }
        let slug = try changes.slug.flatMap { text in
            try violations.collect { () throws(DomainError) in try Slug.validate(text) }
        }
        let status = changes.status.flatMap(Resource.Status.init(rawValue:))
        if changes.status != nil && (status == nil || status == .deleted) {
            violations.add("/status", "The status is active or inactive.")
        }
        settings.keyFormat.refuseKeys(in: [("/name", changes.name)], &violations)
        try violations.check()
        let target = AuditEvent.Target(level.name, "\(id)")
        // Organizations are siblings of each other.
        let scope = level == .organization ? .installation : principal.scope
        return try await mutate("\(level.name).update", as: principal, within: scope, target: target) {
            transaction, principal in
            let old = try Self.visibleResource(level, id, false, principal, transaction)
            try principal.require(.on(level, .update), at: old.nrn)
            var resource = old
            if let name { resource.name = name }
            if let slug { resource.slug = slug }
            if let status { resource.status = status }
            if resource == old { return old }
            resource.updatedAt = time
            if resource.slug != old.slug { try Self.requireFreeSlug(resource, transaction) }
            try transaction.update(resource)
            transaction.append(
                AuditEvent(
                    "\(level.name).update", target, by: principal, at: time, before: old.snapshot,
                    after: resource.snapshot
                )
            )
            transaction.append(Change(.resource, id, in: principal.organizationID))
            return resource
        }
    }

    /// Deletes a resource without live children. Grants on it stay listed and allow nothing.
    ///
    /// - Throws: `.notFound`; `.forbidden`; `.conflict` while it has live children, and for an organization.
    public func deleteResource(_ level: NRN.Level, _ id: Int64, as principal: Principal) async throws -> Resource {
        let time = now()
        let target = AuditEvent.Target(level.name, "\(id)")
        return try await mutate("\(level.name).delete", as: principal, within: principal.scope, target: target) {
            transaction, principal in
            let old = try Self.visibleResource(level, id, false, principal, transaction)
            try principal.require(.on(level, .delete), at: old.nrn)
            guard try !transaction.hasLiveChildren(old.nrn) else {
                throw DomainError(.conflict, "The \(level.name) still has resources beneath it. Delete those first.")
            }
            var resource = old
            resource.status = .deleted
            resource.updatedAt = time
            try transaction.update(resource)
            transaction.append(
                AuditEvent(
                    "\(level.name).delete", target, by: principal, at: time, before: old.snapshot,
                    after: resource.snapshot
                )
            )
            transaction.append(Change(.resource, id, in: principal.organizationID))
            return resource
        }
    }

    private static func visibleResource(
        _ level: NRN.Level, _ id: Int64, _ showsDeleted: Bool, _ principal: Principal,
        _ transaction: any ReadTransaction
    ) throws -> Resource {
        guard let resource = try transaction.resource(level, id),
            resource.nrn.organizationID == principal.organizationID, showsDeleted || resource.isLive,
            principal.holds(.on(level, .read), at: resource.nrn)
        else { throw DomainError.notFound(level.name) }
        return resource
    }

    private static func requireFreeSlug(_ resource: Resource, _ transaction: any ReadTransaction) throws {
        var query = ResourceQuery(level: resource.nrn.level, organizationID: resource.nrn.organizationID)
        query.parentIDs = [resource.nrn.parent?.id ?? 0]
        query.slugs = [resource.slug]
        let siblings = try transaction.resources(query, PageRequest(limit: 2)).results
        guard siblings.allSatisfy({ $0.nrn == resource.nrn }) else {
            throw DomainError(.conflict, "There is a \(resource.nrn.level.name) with this slug already.")
        }
    }
}
