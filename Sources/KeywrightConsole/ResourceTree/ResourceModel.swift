import KeywrightDomain
import KeywrightOperations

/// One resource, as `resource.mustache` describes it.
struct ResourceModel: Encodable {
    struct Step: Encodable {
        let stepName: String
        let stepPath: String
        let hasStepPath: Bool
    }

    struct Child: Encodable {
        let childName: String
        let childLink: String
        let childSlug: String
        let childKeys: String
    }

    let resourceName: String
    let resourceLevel: String
    let resourceNRN: String
    let resourceSlug: String
    let steps: [Step]
    let hasSteps: Bool
    let isResourceGone: Bool
    var form: PanelModel?
    var confirmation: Confirmation?
    let newKeyHere: String?
    let newChildPath: String?
    let newChildLabel: String
    let editPath: String?
    let archivePath: String?
    let fixedText: String?
    let reachText: String
    let activityPath: String?
    let cards: [HoldersModel]
    let hasChildren: Bool
    let childrenTitle: String
    let children: [Child]
    let beyondText: String?
    let beyondPath: String
    let pager: PagerModel?

    init(
        _ shown: ShownResource, _ page: Page<ResourceNode>, _ reach: [NRN: KeyReach]?, _ state: ResourceChildrenState,
        _ rights: Rights, format: KeyFormat, now: Instant
    ) {
        let (resource, nrn) = (shown.resource, shown.nrn)
        let path = ResourceAddress.path(of: nrn)
        resourceName = resource.name
        resourceLevel = nrn.level.name
        resourceNRN = nrn.description
        resourceSlug = resource.slug
        steps = shown.path.dropLast().enumerated().map { index, name in
            let place = NRN.Level(rawValue: index + 1).map { nrn.cut(to: $0) } ?? nrn
            return Step(stepName: name, stepPath: ResourceAddress.path(of: place), hasStepPath: rights.reads(place))
        }
        hasSteps = !steps.isEmpty
        isResourceGone = !resource.isLive
        let isLive = resource.isLive
        newKeyHere =
            isLive && rights.createsAPIKeys(at: nrn)
            ? "\(APIKeyListState.path)/new?grant=\(PercentEncoding.encode(nrn.description))" : nil
        newChildPath = isLive && rights.addsChildren(to: nrn) ? "\(path)/new" : nil
        newChildLabel = "Add \(nrn.level.child?.name ?? "")"
        editPath = isLive && rights.updates(nrn) ? "\(path)/edit" : nil
        archivePath = isLive && rights.archives(nrn) ? "\(path)/archive" : nil
        fixedText = Self.fixedText(isLive: isLive, [newChildPath, editPath, archivePath])
        reachText = shown.reachText
        activityPath = rights.readsAudit ? AuditState(target: nrn.level.name, nrn.id).address : nil
        cards = shown.keys.enumerated().compactMap { index, entry in
            let isOwn = index == 0
            guard isOwn || !entry.keys.page.results.isEmpty else { return nil }
            let place = entry.place
            return HoldersModel(
                isOwn ? "Direct grants" : "Inherited from \(shown.name(of: place))",
                note: isOwn ? nil : "A grant on the \(place.level.name) reaches everything below it.",
                empty: "No key has a grant on this \(nrn.level.name) itself.", entry.keys, format: format, now: now
            ) { key in key.grants.filter { $0.nrn == place } }
        }
        childrenTitle = nrn.level.child.map { "\($0.title)s" } ?? ""
        children = page.results.map { node in
            let keys = reach?[node.resource.nrn].map { $0.all == 0 ? "No keys" : $0.all.of("key") }
            return Child(
                childName: node.resource.name, childLink: ResourceAddress.path(of: node.resource.nrn),
                childSlug: node.resource.slug, childKeys: keys ?? "–"
            )
        }
        hasChildren = page.total > 0
        beyondText = hasChildren && children.isEmpty ? "There is no page \(state.page)." : nil
        beyondPath = path
        pager = page.total > ResourceChildrenState.pageSize && !children.isEmpty ? PagerModel(page, state) : nil
    }

    private static func fixedText(isLive: Bool, _ offers: [String?]) -> String? {
        if !isLive { return "This resource was archived. Grants on it are kept, and allow nothing." }
        let isFixed = offers.allSatisfy { $0 == nil }
        return isFixed ? "You can look at this resource. To change it you need a role that allows that here." : nil
    }
}

extension ShownResource {
    /// How many keys reach it, and through what.
    fileprivate var reachText: String {
        guard let reach else {
            return "To see which keys can reach this, you need a role that allows reading API keys."
        }
        guard resource.isLive else { return "" }
        guard reach.all > 0 else { return "No key can reach this." }
        let above = reach.all - reach.direct
        let keys = "\(reach.all.of("key")) can reach this"
        if above == 0 { return "\(keys), by a grant on it." }
        if reach.direct == 0 { return "\(keys), by grants above it." }
        return "\(keys): \(reach.direct.grouped) by a grant on it, \(above.grouped) by grants above it."
    }
}

extension PagerModel {
    fileprivate init(_ page: Page<ResourceNode>, _ state: ResourceChildrenState) {
        let first = state.request.offset + 1
        let last = first + page.results.count - 1
        self.init(
            rangeText: "\(first.grouped)–\(last.grouped) of \(page.total.grouped)",
            previousPath: state.page > 1 ? ResourceChildrenState(state.nrn, page: state.page - 1).address : nil,
            nextPath: last < page.total ? ResourceChildrenState(state.nrn, page: state.page + 1).address : nil
        )
    }
}
