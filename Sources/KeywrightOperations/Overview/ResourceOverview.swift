public import KeywrightDomain
import KeywrightStore

/// A resource as a hit of a search, with the names that lead to it.
public struct ResourceHit: Hashable, Sendable {
    /// The resource.
    public let resource: Resource
    /// The names from the organization down to the resource itself.
    public let path: [String]
}

/// A resource of the tree.
public struct ResourceNode: Hashable, Sendable {
    /// The resource.
    public let resource: Resource
    /// Whether the principal may open it; one that it may not leads to one that it may.
    public let isReadable: Bool
    /// Whether something lies directly beneath it.
    public let hasChildren: Bool
}

/// The tree of an organization, or its upper levels when it is large.
public struct ResourceTree: Sendable {
    /// Parents before children, by level and id.
    public let nodes: [ResourceNode]
    /// Whether these are all; otherwise read the children of a node when it is opened.
    public let isComplete: Bool
}

/// What resources are searched for.
public enum ResourceSearchPurpose: Sendable {
    /// To look at them.
    case reading
    /// To give a key a grant there.
    case creatingAPIKeys
    /// To give a person a role there.
    case givingGrants
}

extension Operations {
    /// The most resources of a tree that is read at once.
    public static let treeLimit = 2_000
    /// The most hits of a search.
    public static let searchLimit = 50

    /// Live resources by part of their name, or by NRN or part of it, as in `application=4`; at most 50, by level.
    ///
    /// - Parameter text: empty for the uppermost ones.
    public func searchResources(
        _ text: String, for purpose: ResourceSearchPurpose, as principal: Principal
    ) async throws -> [ResourceHit] {
        var search = ResourceSearch(organizationID: principal.organizationID, places: principal.places(for: purpose))
        let ids = Self.ids(in: text)
        if ids.isEmpty {
            guard text.utf8.count <= 400 else { return [] }
            let trimmed = text.trimmed
            search.name = trimmed.isEmpty ? nil : trimmed
        } else {
            search.ids = ids
            // A whole NRN means that resource, not what lies beneath it.
            if let nrn = try? NRN(parsing: text.trimmed) { search.level = nrn.level }
        }
        return try await store.read { [search] in try Self.hits(search, in: $0) }
    }

    /// The uppermost resources that the principal may look at; at most 50, by level.
    public func uppermostResources(as principal: Principal) async throws -> [ResourceHit] {
        let search = ResourceSearch(
            organizationID: principal.organizationID, places: principal.places(for: .reading)
        )
        let scope = CountScope(organizationID: search.organizationID, visibleWithin: nil)
        return try await overviews.value(.init(kind: .places(search.places), scope: scope), now: now()) {
            (try await store.read { try Self.hits(search, in: $0) }, 0)
        }
    }

    private static func hits(_ search: ResourceSearch, in transaction: any ReadTransaction) throws -> [ResourceHit] {
        let found = try transaction.resources(search, limit: searchLimit)
        let names = try transaction.resourceNames(found.map(\.nrn))
        return found.map { ResourceHit(resource: $0, path: names.path(to: $0.nrn)) }
    }

    /// A live resource by NRN with the names that lead to it.
    ///
    /// - Throws: `.notFound` when it is absent or the principal may neither read it nor act there for that purpose.
    public func resource(
        at nrn: NRN, for purpose: ResourceSearchPurpose = .reading, as principal: Principal
    ) async throws -> ResourceHit {
        try await store.read { transaction in
            guard let resource = try transaction.resource(nrn.level, nrn.id), resource.nrn == nrn, resource.isLive,
                nrn.organizationID == principal.organizationID,
                principal.rights.reads(nrn)
                    || principal.places(for: purpose)[nrn.level]?.contains(where: { $0.covers(nrn) }) == true
            else { throw DomainError.notFound("resource") }
            return ResourceHit(resource: resource, path: try transaction.resourceNames([nrn]).path(to: nrn))
        }
    }

    /// The tree of what the principal may read, with what leads there; the upper levels only when it is large.
    public func resourceTree(as principal: Principal) async throws -> ResourceTree {
        let search = ResourceSearch(
            organizationID: principal.organizationID, places: principal.places(for: .reading)
        )
        return try await store.read { transaction in
            let found = try transaction.resources(search, limit: Self.treeLimit + 1)
            let isComplete = found.count <= Self.treeLimit
            var shown = found
            if !isComplete, let last = found.last {
                // Whole levels only: half a level would look like all of it.
                let whole = found.filter { $0.nrn.level < last.nrn.level }
                shown = whole.isEmpty ? Array(found.prefix(Self.treeLimit)) : whole
            }
            let known = Set(shown.map(\.nrn))
            var missing: Set<NRN> = []
            for resource in shown {
                var above = resource.nrn.parent
                while let nrn = above, !known.contains(nrn), missing.insert(nrn).inserted { above = nrn.parent }
            }
            let ways = try missing.compactMap { try transaction.resource($0.level, $0.id) }
            let all = (shown + ways).sorted { ($0.nrn.level, $0.nrn.id) < ($1.nrn.level, $1.nrn.id) }
            return ResourceTree(
                nodes: try Self.nodes(all, readable: known, in: transaction), isComplete: isComplete
            )
        }
    }

    /// What lies directly beneath a resource and may be read, by id.
    public func resourceChildren(
        of nrn: NRN, _ page: PageRequest, as principal: Principal
    ) async throws -> Page<ResourceNode> {
        guard let level = nrn.level.child, nrn.organizationID == principal.organizationID,
            let places = principal.places(for: .reading)[level]
        else { return Page(results: [], total: 0, request: page) }
        var query = ResourceQuery(level: level, organizationID: principal.organizationID)
        query.parentIDs = [nrn.id]
        query.visibleWithin = places
        return try await store.read { [query] transaction in
            let found = try transaction.resources(query, page)
            let known = Set(found.results.map(\.nrn))
            let nodes = try Self.nodes(found.results, readable: known, in: transaction)
            return Page(results: nodes, total: found.total, request: page)
        }
    }

    /// How many listed keys that the principal sees reach each of these resources, at most 2,000 of them.
    ///
    /// - Throws: `.forbidden` when the principal reads keys nowhere.
    public func keyReach(of places: [NRN], as principal: Principal) async throws -> [NRN: KeyReach] {
        let (scope, time) = (try Self.countScope(principal), now())
        return try await store.read { transaction in
            try transaction.keyReach(of: Array(places.prefix(Self.treeLimit)), in: scope, now: time)
        }
    }

    private static func nodes(
        _ resources: [Resource], readable: Set<NRN>, in transaction: any ReadTransaction
    ) throws -> [ResourceNode] {
        let parents = try transaction.parents(among: resources.map(\.nrn))
        return resources.map {
            ResourceNode(
                resource: $0, isReadable: readable.contains($0.nrn), hasChildren: parents.contains($0.nrn)
            )
        }
    }

    /// The `level=id` parts of a text; none when any part is something else.
    private static func ids(in text: String) -> [NRN.Level: Int64] {
        var ids: [NRN.Level: Int64] = [:]
        let parts = Array(text.trimmed.utf8).split(separator: UInt8(ascii: ":"))
        for part in parts {
            let sides = part.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
            guard sides.count == 2, let level = NRN.Level(name: String(decoding: sides[0], as: UTF8.self)),
                let id = Identifier<Resource>(parsing: String(decoding: sides[1], as: UTF8.self))
            else { return [:] }
            ids[level] = id.rawValue
        }
        return ids
    }
}

extension String {
    /// The text without blanks around it.
    fileprivate var trimmed: String {
        var scalars = unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return String(scalars)
    }
}

extension Principal {
    /// Where resources of each level may be, for that purpose.
    fileprivate func places(for purpose: ResourceSearchPurpose) -> [NRN.Level: [NRN]] {
        var result: [NRN.Level: [NRN]] = [:]
        for level in NRN.Level.allCases {
            let action: Action =
                switch purpose {
                case .reading: .on(level, .read)
                case .creatingAPIKeys: .createAPIKey
                case .givingGrants: .createGrant
                }
            let places = places(holding: action)
            if !places.isEmpty { result[level] = places }
        }
        return result
    }
}
