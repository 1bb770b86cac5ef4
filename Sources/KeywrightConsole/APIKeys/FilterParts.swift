import KeywrightDomain
import KeywrightOperations
import Synchronization

/// The filters of lists of API keys as they were filled in before: whoever has chosen none sees the same as others, and
/// as the last time.
final class FilterParts: Sendable {
    private struct Entry {
        let facets: APIKeyFacets
        let places: [ResourceHit]
        let roleNames: [String?]
        let part: TemplatePart
    }

    /// The most that are remembered.
    private static let limit = 20

    /// The one that was used last comes last.
    private let entries: Mutex<[Entry]> = Mutex([])

    /// The filters of a list.
    func part(of list: APIKeyList, _ state: APIKeyListState) -> TemplatePart {
        if state.hasChosen { return Self.make(list, state) }
        let roleNames = list.facets.roles.map { list.names.catalogue.role(slug: $0.slug)?.name }
        let known = entries.withLock { entries -> TemplatePart? in
            let place = entries.lastIndex {
                $0.facets == list.facets && $0.places == list.places && $0.roleNames == roleNames
            }
            guard let place else { return nil }
            let entry = entries.remove(at: place)
            entries.append(entry)
            return entry.part
        }
        if let known { return known }
        let part = Self.make(list, state)
        entries.withLock { entries in
            if entries.count >= Self.limit { entries.removeFirst() }
            entries.append(Entry(facets: list.facets, places: list.places, roleNames: roleNames, part: part))
        }
        return part
    }

    private static func make(_ list: APIKeyList, _ state: APIKeyListState) -> TemplatePart {
        struct Model: Encodable {
            let filters: [FilterModel]
        }
        return Templates.part(.apiKeyFilters, Model(filters: state.filters(list.facets, list.places, list.names)))
    }
}

extension APIKeyListState {
    /// Whether anything of the filters is chosen.
    fileprivate var hasChosen: Bool { !tags.isEmpty || !roleSlugs.isEmpty || resource != nil || use != nil }
}
