import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// The resources of the organization: their tree, and one resource with the keys that reach it.
extension Console {
    var resourceRoutes: [ConsoleRoute] {
        let resource = "\(ResourceAddress.list)/{nrn}"
        return [
            page(ResourceAddress.list, resourcesPage),
            page(resource) { call, visitor in
                try await resourcePage(try await shownResource(call, visitor), call, visitor)
            },
            page("\(resource)/new", newResourcePage),
            form("\(resource)/new", draftPath: Self.ownPage, createResource),
            page("\(resource)/edit", renameResourcePage),
            form("\(resource)/edit", draftPath: Self.ownPage, renameResource),
            page("\(resource)/archive", archivePage),
            form("\(resource)/archive", archiveResource),
        ]
    }

    // MARK: The tree

    private func resourcesPage(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        let principal = visitor.principal
        guard principal.rights.readsResources else {
            throw ErrorPage.resourcesHidden(requestID: call.origin.requestID)
        }
        let text = try call.query()["q"].trimmedBlanks
        let isWholeKey = operations.settings.keyFormat.mayHoldKey(text)
        let search = isWholeKey ? "" : text
        var branches: ResourceBranches
        var found: Int?
        if search.isEmpty {
            branches = ResourceBranches(try await operations.resourceTree(as: principal))
        } else {
            let hits = try await operations.searchResources(search, for: .reading, as: principal)
            branches = ResourceBranches(hits, principal.rights)
            found = hits.count
        }
        if principal.rights.readsAPIKeys {
            branches.reach = try await operations.keyReach(of: branches.shown, as: principal)
        }
        let model = ResourcesModel(branches, search: search, found: found, isWholeKey: isWholeKey)
        var frame = PageFrame("Resources", in: .resources, call, visitor)
        if isWholeKey { frame.here = ResourceAddress.list }
        return pages.page(.resources, frame, model)
    }

    // MARK: One resource

    /// The resource that an address names; archived ones too.
    ///
    /// - Throws: the page that says that there is none.
    func shownResource(_ call: ConsoleCall, holders limit: Int = 5, _ visitor: Visitor) async throws -> ShownResource {
        let principal = visitor.principal
        let missing = ErrorPage.noSuch("resource", in: .resources)
        guard let nrn = try? NRN(parsing: try call.parameter("nrn")) else { throw missing }
        let resource: Resource
        do {
            resource = try await operations.resource(nrn.level, nrn.id, showsDeleted: true, as: principal)
        } catch let error as DomainError where error.code == .notFound {
            throw missing
        }
        guard resource.nrn == nrn else { throw missing }
        // What is above an archived resource may be called otherwise by now, or be gone.
        let path = resource.isLive ? try await operations.resource(at: nrn, as: principal).path : [resource.name]
        var keys: [(place: NRN, keys: SomeKeys)] = []
        for level in NRN.Level.allCases.reversed() where level <= nrn.level {
            let place = nrn.cut(to: level)
            guard let some = try await someKeys(APIKeyListState(at: place), limit: limit, principal) else { continue }
            keys.append((place, some))
        }
        let reach = keys.isEmpty ? nil : try await operations.keyReach(of: [nrn], as: principal)[nrn]
        return ShownResource(resource: resource, path: path, keys: keys, reach: reach)
    }

    /// The page of a resource, and over it what `change` puts there.
    func resourcePage(
        _ shown: ShownResource, title: String? = nil, status: HTTPResponse.Status = .ok, _ call: ConsoleCall,
        _ visitor: Visitor, _ change: (inout ResourceModel) async throws -> Void = { _ in }
    ) async throws -> Response {
        let principal = visitor.principal
        let state = ResourceChildrenState(shown.nrn, call.request.method == .get ? try call.query() : FormFields())
        let children = try await operations.resourceChildren(of: shown.nrn, state.request, as: principal)
        let reach =
            principal.rights.readsAPIKeys
            ? try await operations.keyReach(of: children.results.map(\.resource.nrn), as: principal) : nil
        var model = ResourceModel(
            shown, children, reach, state, principal.rights, format: operations.settings.keyFormat,
            now: operations.now()
        )
        try await change(&model)
        let name = shown.resource.name
        let frame = PageFrame(title ?? name, in: .resources, crumbs: [.init(name)], call, visitor)
        return pages.page(.resource, frame, status: status, model)
    }
}

/// What the page of a resource is made from.
struct ShownResource: Sendable {
    let resource: Resource
    /// The names from the organization down to the resource itself; of an archived one its own alone.
    let path: [String]
    /// The keys with a grant on the resource itself, then on each one above; empty when the visitor reads none.
    let keys: [(place: NRN, keys: SomeKeys)]
    /// How many keys reach it; nil when the visitor reads none.
    let reach: KeyReach?

    var nrn: NRN { resource.nrn }

    /// What a resource above is called.
    func name(of place: NRN) -> String {
        path.count == nrn.level.rawValue ? path[place.level.rawValue - 1] : place.description
    }
}

/// Where resources have their pages.
enum ResourceAddress {
    static let list = "/settings/resources"

    static func path(of nrn: NRN) -> String { "\(list)/\(nrn)" }
}

/// Which part of the resources beneath another is shown.
struct ResourceChildrenState: Sendable {
    static let pageSize = 25

    let nrn: NRN
    /// From 1.
    let page: Int

    init(_ nrn: NRN, _ query: FormFields) {
        self.init(nrn, page: Identifier<Resource>(parsing: query["page"]).map { Int(min($0.rawValue, 100_000)) } ?? 1)
    }

    init(_ nrn: NRN, page: Int) {
        self.nrn = nrn
        self.page = page
    }

    var request: PageRequest { PageRequest(limit: Self.pageSize, offset: (page - 1) * Self.pageSize) }
    var address: String { "\(ResourceAddress.path(of: nrn))\(page == 1 ? "" : "?page=\(page)")" }
}

extension APIKeyListState {
    /// The list of the keys with a grant exactly there.
    init(at nrn: NRN) {
        self.init()
        resource = nrn
    }
}

extension Rights {
    /// Whether any resource may be read.
    var readsResources: Bool { NRN.Level.allCases.contains { holdsSomewhere(.on($0, .read)) } }
}

extension ErrorPage {
    static func resourcesHidden(requestID: String?) -> ErrorPage {
        ErrorPage(
            status: .forbidden, heading: "You can't see resources here",
            paragraphs: ["You need a role that allows reading resources. Ask an administrator."], requestID: requestID,
            section: .resources
        )
    }
}
