import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import KeywrightWire

extension API {
    /// `/organization`, `/account`, `/namespace`, `/application`, `/scope`.
    var resourceRoutes: [Route] {
        NRN.Level.allCases.flatMap { level -> [Route] in
            let path = "/\(level.name)"
            let shared = [
                authenticated(.get, path) { try await listResources(level, $0, $1) },
                authenticated(.get, "\(path)/{id}") { try await readResource(level, $0, $1) },
                authenticated(.patch, "\(path)/{id}") { try await updateResource(level, $0, $1) },
            ]
            // Organizations are made on the server itself and never deleted.
            if level == .organization { return shared }
            return shared + [
                authenticated(.post, path) { try await createResource(level, $0, $1) },
                authenticated(.delete, "\(path)/{id}") { try await deleteResource(level, $0, $1) },
            ]
        }
    }

    @Sendable private func listResources(
        _ level: NRN.Level, _ call: Call, _ principal: Principal
    ) async throws -> Answer {
        let parent = level.parent.map { "\($0.name)_id" }
        let names: Set<String> = ["limit", "offset", "slug", "name", "status"]
        let (wanted, page) = try call.query(names.union([parent].compactMap { $0 }), ignoresOthers: true) { query in
            var wanted = ResourceQuery(level: level, organizationID: principal.organizationID)
            if let parent { wanted.parentIDs = query.ids(parent, as: Resource.self)?.map(\.rawValue) }
            wanted.slugs = query.texts("slug")
            wanted.name = query["name"]
            wanted.statuses = query.list(
                "status", "A status is active, inactive or deleted.", Resource.Status.init(rawValue:)
            )
            return (wanted, query.page())
        }
        let found = try await operations.resources(wanted, page, as: principal)
        return try .json(ListEnvelope(found.map(ResourceObject.init)))
    }

    @Sendable private func readResource(
        _ level: NRN.Level, _ call: Call, _ principal: Principal
    ) async throws -> Answer {
        let showsDeleted = try call.query(["show_deleted"], ignoresOthers: true) { $0.flag("show_deleted") ?? false }
        let id: Identifier<Resource> = try call.id(level.name)
        let resource = try await operations.resource(
            level, id.rawValue, showsDeleted: showsDeleted, as: principal
        )
        return try .json(ResourceObject(resource))
    }

    @Sendable private func createResource(
        _ level: NRN.Level, _ call: Call, _ principal: Principal
    ) async throws -> Answer {
        let json = try await call.json()
        let body = try CreateResourceRequest.decode(json, as: level.entity, checks: .domain)
        let parentID = body.parentID ?? principal.organizationID.rawValue
        let resource = try await operations.createResource(
            level, name: body.name, slug: body.slug, parentID: parentID, as: principal
        )
        let isEarly = level == .account || level == .namespace
        return try .json(ResourceObject(resource), status: isEarly ? .ok : .created)
    }

    @Sendable private func updateResource(
        _ level: NRN.Level, _ call: Call, _ principal: Principal
    ) async throws -> Answer {
        let id: Identifier<Resource> = try call.id(level.name)
        let body = try UpdateResourceRequest.decode(try await call.json(), as: level.entity, checks: .domain)
        var changes = ResourceChanges()
        changes.name = body.name
        changes.slug = body.slug
        changes.status = body.status
        let resource = try await operations.updateResource(level, id.rawValue, changes, as: principal)
        return try .json(ResourceObject(resource))
    }

    @Sendable private func deleteResource(
        _ level: NRN.Level, _ call: Call, _ principal: Principal
    ) async throws -> Answer {
        let id: Identifier<Resource> = try call.id(level.name)
        let resource = try await operations.deleteResource(level, id.rawValue, as: principal)
        return level == .account ? try .json(ResourceObject(resource)) : .empty
    }
}

extension NRN.Level {
    fileprivate var entity: ResourceEntity {
        switch self {
        case .organization: .organization
        case .account: .account
        case .namespace: .namespace
        case .application: .application
        case .scope: .scope
        }
    }
}

extension ResourceObject {
    fileprivate init(_ resource: Resource) {
        let nrn = resource.nrn
        func parentID(_ level: NRN.Level) -> Int64? { nrn.level == level.child ? nrn[level] : nil }
        self.init(
            id: nrn.id, name: resource.name, slug: resource.slug, status: resource.status.rawValue,
            nrn: nrn.description, organizationID: parentID(.organization), accountID: parentID(.account),
            namespaceID: parentID(.namespace), applicationID: parentID(.application),
            createdAt: resource.createdAt.text, updatedAt: resource.updatedAt.text
        )
    }
}
