import KeywrightDomain
import KeywrightOperations

extension PanelModel {
    /// The panel that adds a resource beneath another.
    init(
        adding level: NRN.Level, beneath shown: ShownResource, _ entries: ResourceEntries, _ problems: ResourceProblems
    ) {
        let path = ResourceAddress.path(of: shown.nrn)
        self.init(
            title: "New \(level.name) in \(shown.resource.name)",
            text: "Keys with a grant on \(shown.resource.name), or above it, can reach the new one at once.",
            action: "\(path)/new",
            back: path,
            fields: Self.fields(entries, problems, hint: "What scripts call it. Made from the name when empty."),
            problems.all, submit: "Add \(level.name)", discard: "Discard this \(level.name)?"
        )
    }

    /// The panel that renames a resource.
    init(renaming shown: ShownResource, _ entries: ResourceEntries, _ problems: ResourceProblems) {
        let path = ResourceAddress.path(of: shown.nrn)
        self.init(
            title: "Rename \(shown.resource.name)",
            text: "Grants stay as they are: they go by the NRN, which does not change.", action: "\(path)/edit",
            back: path, fields: Self.fields(entries, problems, hint: "Scripts that go by the slug must follow."),
            problems.all, submit: "Save", discard: "Discard your changes?"
        )
    }

    private static func fields(_ entries: ResourceEntries, _ problems: ResourceProblems, hint: String) -> [Field] {
        [
            Field("name", "Name", value: entries.name, capitals: "sentences", error: problems.name),
            Field("slug", "Slug", hint: hint, value: entries.slug, isOptional: true, error: problems.slug),
        ]
    }
}

extension Confirmation {
    /// The question before a resource is archived: which keys lose something, and what stands in the way.
    ///
    /// - Parameter problem: why it was refused; nil before it was tried.
    init(archiving shown: ShownResource, _ children: Page<ResourceNode>, problem: String?) {
        let level = shown.nrn.level
        let isEmpty = children.total == 0
        let keys = isEmpty ? shown.keys.first?.keys : nil
        self.init(
            "Archive \(shown.resource.name)?", texts: isEmpty ? Self.archivingTexts(keys: keys?.page.total) : [],
            items: isEmpty ? keys?.page.results.map(\.name) ?? [] : children.results.map(\.resource.name), keys: keys,
            problem: isEmpty ? problem : Self.obstacle(children.total, beneath: level), action: "archive",
            at: ResourceAddress.path(of: shown.nrn), keep: "Keep \(level.name)", label: "Archive \(level.name)",
            isPossible: isEmpty
        )
    }

    private static func obstacle(_ children: Int, beneath level: NRN.Level) -> String {
        let below = level.child ?? level
        let verb = children == 1 ? "is" : "are"
        return "\(children.of(below.name, below.plural)) \(verb) beneath it. Archive what lies there first."
    }

    /// - Parameter keys: how many have a grant on it; nil when that is not for the visitor to see.
    private static func archivingTexts(keys: Int?) -> [String] {
        let loss =
            switch keys {
            case nil: "Keys with a grant on it keep the grant, which then allows nothing."
            case 0: "No key has a grant on it."
            case 1: "1 key has a grant on it, which then allows nothing:"
            case let count?: "\(count.of("key")) have a grant on it, which then allows nothing:"
            }
        return [
            "It is not offered for new grants any more, and its NRN is never given again. This can't be undone.", loss,
        ]
    }
}
