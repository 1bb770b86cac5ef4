import KeywrightDomain
import KeywrightOperations

/// One filter of a list, as `filter.mustache` describes it.
struct FilterModel: Encodable {
    struct Choice: Encodable {
        let choiceValue: String
        let choiceLabel: String
        var choiceHint: String?
        var choiceCount: String?
        let isChoiceOn: Bool
    }

    struct Toggle: Encodable {
        let toggleName: String
        let toggleLabel: String
        let isToggleOn: Bool
    }

    let filterName: String
    let filterLabel: String
    let filterType: String
    let isFilterSearchable: Bool
    let filterCount: String?
    let filterChoices: [Choice]
    var filterToggle: Toggle?
    /// What is said below the choices.
    var filterNote: String?

    init(_ name: String, _ label: String, isSingle: Bool = false, _ choices: [Choice], toggle: Toggle? = nil) {
        filterName = name
        filterLabel = label
        filterType = isSingle ? "radio" : "checkbox"
        isFilterSearchable = choices.count > 8
        let count = choices.filter { $0.isChoiceOn && !$0.choiceValue.isEmpty }.count
        filterCount = count > 0 ? "\(count)" : nil
        filterChoices = choices
        filterToggle = toggle
    }
}

/// A filter that is on, as `active_filters.mustache` describes it.
struct ActiveFilter: Encodable {
    let activeText: String
    let activeWithout: String

    init(_ text: String, _ without: APIKeyListState) {
        activeText = text
        activeWithout = without.address
    }
}

extension APIKeyListState {
    /// The four filters with what there is to choose from.
    func filters(_ facets: APIKeyFacets, _ hits: [ResourceHit], _ names: APIKeyNames) -> [FilterModel] {
        [tagFilter(facets.tags), roleFilter(facets.roles, names), resourceFilter(hits, names), useFilter]
    }

    private func tagFilter(_ counts: [TagCount]) -> FilterModel {
        let known = counts.map { count in
            FilterModel.Choice(
                choiceValue: "\(count.tag.key):\(count.tag.value)", choiceLabel: "\(count.tag.key):\(count.tag.value)",
                choiceCount: "\(count.count)", isChoiceOn: tags.contains(count.tag)
            )
        }
        let missing = tags.filter { tag in !counts.contains { $0.tag == tag } }.map { tag in
            FilterModel.Choice(
                choiceValue: "\(tag.key):\(tag.value)", choiceLabel: "\(tag.key):\(tag.value)", isChoiceOn: true
            )
        }
        return FilterModel("tag", "Tag", missing + known)
    }

    private func roleFilter(_ counts: [RoleCount], _ names: APIKeyNames) -> FilterModel {
        let slugs = counts.map(\.slug) + roleSlugs.filter { slug in !counts.contains { $0.slug == slug } }
        let choices = slugs.compactMap { slug -> FilterModel.Choice? in
            let count = counts.first { $0.slug == slug }?.count
            let role = names.catalogue.role(slug: slug)
            // Sets of actions of one key have no name to choose them by.
            guard role != nil || roleSlugs.contains(slug) else { return nil }
            return FilterModel.Choice(
                choiceValue: slug, choiceLabel: role?.name ?? slug, choiceHint: slug,
                choiceCount: count.map { "\($0)" }, isChoiceOn: roleSlugs.contains(slug)
            )
        }
        return FilterModel("role", "Role", choices)
    }

    private func resourceFilter(_ hits: [ResourceHit], _ names: APIKeyNames) -> FilterModel {
        var places = hits.map { (nrn: $0.resource.nrn, path: $0.path) }
        if let resource, !places.contains(where: { $0.nrn == resource }) {
            places.insert((resource, names.resources.path(to: resource)), at: 0)
        }
        var choices = [FilterModel.Choice(choiceValue: "", choiceLabel: "Any resource", isChoiceOn: resource == nil)]
        choices += places.map { nrn, path in
            FilterModel.Choice(
                choiceValue: nrn.description, choiceLabel: "\(nrn.level.name) - \(path.last ?? nrn.description)",
                choiceHint: path.count > 1 ? path.way : nil, isChoiceOn: nrn == resource
            )
        }
        return FilterModel(
            "resource", "Resource", isSingle: true, choices,
            toggle: .init(toggleName: "below", toggleLabel: "And everything below it", isToggleOn: includesBelow)
        )
    }

    private var useFilter: FilterModel {
        let any = FilterModel.Choice(choiceValue: "", choiceLabel: "Any time, or never", isChoiceOn: use == nil)
        let choices = Use.allCases.map {
            FilterModel.Choice(choiceValue: $0.rawValue, choiceLabel: $0.label, isChoiceOn: $0 == use)
        }
        return FilterModel("used", "Last used", isSingle: true, [any] + choices)
    }

    /// The filters that are on, each with the list without it.
    func activeFilters(_ names: APIKeyNames) -> [ActiveFilter] {
        var active: [ActiveFilter] = []
        if !search.isEmpty { active.append(ActiveFilter("Search \"\(search)\"", with { $0.search = "" })) }
        for tag in tags {
            active.append(ActiveFilter("Tag \(tag.key):\(tag.value)", with { $0.tags.removeAll { $0 == tag } }))
        }
        for slug in roleSlugs {
            let name = names.catalogue.role(slug: slug)?.name ?? slug
            active.append(ActiveFilter("Role \(name)", with { $0.roleSlugs.removeAll { $0 == slug } }))
        }
        if let resource {
            let text = "Resource \(names.resources.name(of: resource))\(includesBelow ? " and below" : "")"
            active.append(
                ActiveFilter(
                    text,
                    with {
                        $0.resource = nil
                        $0.includesBelow = false
                    }
                )
            )
        }
        if let use { active.append(ActiveFilter(use.label, with { $0.use = nil })) }
        if let owner { active.append(ActiveFilter("Created by \(names.ownerName(owner))", with { $0.owner = nil })) }
        return active
    }
}
