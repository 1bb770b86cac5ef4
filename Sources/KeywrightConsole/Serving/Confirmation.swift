import KeywrightDomain

/// The question before something is done that cannot be taken back easily, as `confirm.mustache` describes it: what it
/// concerns, and what stands in the way. Templates see stored properties alone.
struct Confirmation: Encodable {
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
    let isConfirmDanger: Bool
    let isConfirmPossible: Bool

    /// The most things of each kind that are named.
    static let namedItems = 20

    /// - Parameters:
    ///   - action: the last part of the path to which the answer goes.
    ///   - path: the page of what is concerned.
    ///   - items: names of what else is concerned.
    ///   - keys: the API keys among them; a link leads to all of them.
    ///   - problem: why it cannot be done, or was refused; nil while nothing speaks against it.
    init(
        _ title: String, texts: [String], items: [String] = [], keys: SomeKeys? = nil, problem: String?,
        action: String, at path: String, keep: String, label: String, isDanger: Bool = true, isPossible: Bool
    ) {
        let count = keys?.page.total ?? 0
        confirmTitle = title
        confirmTexts = texts
        confirmItems = items
        hasConfirmItems = !items.isEmpty
        confirmMorePath = count > 0 ? keys?.list.address : nil
        confirmMoreText = count == 1 ? "Look at this key" : "Look at these \(count.grouped) keys"
        confirmProblem = problem
        confirmAction = "\(path)/\(action)"
        confirmBack = path
        confirmKeep = keep
        confirmLabel = label
        isConfirmDanger = isDanger
        isConfirmPossible = isPossible
    }
}
