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
            text: "Keys with a grant on \(shown.resource.name), or above it, reach it at once.", action: "\(path)/new",
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

/// The question before a resource is archived, as `confirm.mustache` describes it: which keys lose something, and what
/// stands in the way.
struct ResourceConfirmation: Encodable {
    let confirmTitle: String
    let confirmTexts: [String]
    let confirmItems: [String]
    let hasConfirmItems: Bool
    let confirmMorePath: String?
    let confirmMoreText: String?
    let confirmProblem: String?
    let confirmAction: String
    let confirmBack: String
    let returnQuery = ""
    let confirmKeep: String
    let confirmLabel: String
    let isConfirmDanger = true
    let isConfirmPossible: Bool

    /// The most keys, and the most resources beneath, that are named.
    static let namedKeys = 20
    static let namedChildren = 20

    /// - Parameter problem: why it was refused; nil before it was tried.
    init(_ shown: ShownResource, _ children: Page<ResourceNode>, problem: String?) {
        let level = shown.nrn.level
        let path = ResourceAddress.path(of: shown.nrn)
        confirmTitle = "Archive \(shown.resource.name)?"
        confirmAction = "\(path)/archive"
        confirmBack = path
        confirmKeep = "Keep \(level.name)"
        confirmLabel = "Archive \(level.name)"
        isConfirmPossible = children.total == 0
        guard isConfirmPossible else {
            let below = level.child ?? level
            let count = children.total.of(below.name, below.plural)
            confirmProblem =
                "\(count) \(children.total == 1 ? "is" : "are") beneath it. Archive what is beneath it first."
            confirmTexts = []
            confirmItems = children.results.map(\.resource.name)
            hasConfirmItems = true
            confirmMorePath = nil
            confirmMoreText = nil
            return
        }
        confirmProblem = problem
        let direct = shown.keys.first?.keys
        let count = direct?.page.total ?? 0
        var texts = [
            "It is not offered for new grants any more, and its NRN is never given again. This can't be undone."
        ]
        if count > 0 {
            texts.append("\(count.of("key")) \(count == 1 ? "has" : "have") a grant on it, which then allows nothing:")
        } else if direct != nil {
            texts.append("No key has a grant on it.")
        } else {
            texts.append("Keys with a grant on it keep the grant, which then allows nothing.")
        }
        confirmTexts = texts
        confirmItems = direct?.page.results.map(\.name) ?? []
        hasConfirmItems = !confirmItems.isEmpty
        confirmMorePath = count > 0 ? direct?.list.address : nil
        confirmMoreText = count == 1 ? "Look at this key" : "Look at these \(count.grouped) keys"
    }
}
