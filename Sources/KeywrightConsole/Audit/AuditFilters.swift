import KeywrightDomain
import KeywrightOperations

extension AuditState {
    /// The most people that the filter offers.
    static let offeredPeople = 100

    /// The filters with what there is to choose from.
    ///
    /// - Parameters:
    ///   - people: those to choose from, the first ones by name; nil for none.
    ///   - names: what the actor and the target that are chosen are called.
    func filters(_ people: Page<User>?, _ names: AuditNames) -> [FilterModel] {
        [actorFilter(people, names), actionFilter, targetFilter(names)]
    }

    private func actorFilter(_ page: Page<User>?, _ names: AuditNames) -> FilterModel {
        let people = page?.results ?? []
        var choices = [FilterModel.Choice(choiceValue: "", choiceLabel: "Anyone", isChoiceOn: actor == nil)]
        choices += Actor.Kind.allCases.map {
            .init(choiceValue: $0.rawValue, choiceLabel: $0.label, isChoiceOn: actor == .kind($0))
        }
        if case .user(let id) = actor, !people.contains(where: { $0.id == id }) {
            choices.append(
                .init(
                    choiceValue: id.description, choiceLabel: names.text(of: id), choiceHint: names.hint(of: id),
                    isChoiceOn: true
                )
            )
        }
        choices += people.map {
            .init(
                choiceValue: $0.id.description, choiceLabel: $0.displayName.text, choiceHint: $0.email,
                isChoiceOn: actor == .user($0.id)
            )
        }
        var filter = FilterModel("actor", "Actor", isSingle: true, choices)
        let others = (page?.total ?? 0) - people.count
        if others > 0 {
            filter.filterNote =
                "\(others.of("more person", "more people")) can't be chosen here. "
                + "The page of each in People leads to what they did."
        }
        return filter
    }

    private var actionFilter: FilterModel {
        let others = actions.filter { action in !AuditWords.known.contains { $0.name == action } }
        let choices = (AuditWords.known.map(\.name) + others).map {
            FilterModel.Choice(
                choiceValue: $0, choiceLabel: AuditWords.label(of: $0), isChoiceOn: actions.contains($0)
            )
        }
        return FilterModel(
            "action", "Action", choices,
            toggle: .init(toggleName: "refused", toggleLabel: "Refused or failed only", isToggleOn: isRefusedOnly)
        )
    }

    private static let targetTypes: [(type: String, label: String)] =
        [
            ("api_key", "API keys"), ("role", "Roles"), ("user", "People"), ("session", "Sessions"),
            ("signing_key", "Signing keys"),
        ]
        + NRN.Level.allCases.map { ($0.name, $0 == .organization ? "The organization" : "\($0.title)s") }

    private func targetFilter(_ names: AuditNames) -> FilterModel {
        var choices = [FilterModel.Choice(choiceValue: "", choiceLabel: "Anything", isChoiceOn: target == nil)]
        if let target, target.id != nil {
            choices.append(.init(choiceValue: target.text, choiceLabel: names.text(of: target), isChoiceOn: true))
        }
        choices += Self.targetTypes.map {
            .init(
                choiceValue: $0.type, choiceLabel: $0.label,
                isChoiceOn: target == Target(type: $0.type, id: nil)
            )
        }
        return FilterModel("target", "Target", isSingle: true, choices)
    }

    /// The filters that are on, each with the trail without it.
    func activeFilters(_ names: AuditNames) -> [ActiveFilter] {
        var active: [ActiveFilter] = []
        func add(_ text: String, _ change: (inout AuditState) -> Void) {
            active.append(ActiveFilter(text, removedBy: with(change).address))
        }
        switch actor {
        case .user(let id): add("Actor \(names.text(of: id))") { $0.actor = nil }
        case .kind(let kind): add("Actor: \(kind.label)") { $0.actor = nil }
        case nil: break
        }
        for action in actions { add(AuditWords.label(of: action)) { $0.actions.removeAll { $0 == action } } }
        if isRefusedOnly { add("Refused or failed") { $0.isRefusedOnly = false } }
        if let target {
            let type = Self.targetTypes.first { $0.type == target.type }?.label ?? target.type
            add("Target \(target.id == nil ? type : names.text(of: target))") { $0.target = nil }
        }
        if let from { add("From \(from.words)") { $0.from = nil } }
        if let until { add("Until \(until.words)") { $0.until = nil } }
        return active
    }
}

extension AuditNames {
    /// What an actor is called.
    fileprivate func text(of id: User.ID) -> String {
        users[id].flatMap { $0.text.isEmpty ? nil : $0.text } ?? "user \(id)"
    }

    fileprivate func hint(of id: User.ID) -> String? {
        users[id].map { $0.kind == .machine ? "API key" : $0.email }
    }

    /// What a target is called.
    fileprivate func text(of target: AuditState.Target) -> String {
        guard let id = target.id else { return target.type }
        return self.target(AuditEvent.Target(target.type, id))?.name
            ?? "\(target.type.split(separator: "_").joined(separator: " ")) \(id)"
    }
}
