import Foundation

/// A panel with a few fields, and grants where they belong to it, as `panel_form.mustache` describes it. Templates see
/// stored properties alone.
struct PanelModel: Encodable {
    /// The rows of grants of a panel.
    struct Grants {
        let hint: String
        let rows: [APIKeyGrantRow]
        let blank: APIKeyGrantRow
    }

    let formTitle: String
    let formText: String?
    let formAction: String
    let formBack: String
    let isPatch: Bool
    /// What the panel shows, so that what came meanwhile stays as it is.
    let rowVersion: String
    let formToken = UUID().uuidString
    let hasProblems: Bool
    let problems: [Problem]
    let problemNote: String? = nil
    let fields: [Field]
    let hasGrants: Bool
    var grants: [APIKeyGrantRow]
    let blankGrant: APIKeyGrantRow?
    let grantsHint: String
    let submitLabel: String
    let discardText: String

    /// - Parameters:
    ///   - back: where closing leads.
    ///   - version: what the panel shows of an existing thing; nil for a new one.
    init(
        title: String, text: String?, action: String, back: String, version: String? = nil, fields: [Field],
        grants: Grants? = nil, _ problems: [Problem], submit: String, discard: String
    ) {
        formTitle = title
        formText = text
        formAction = action
        formBack = back
        isPatch = version != nil
        rowVersion = version ?? ""
        self.problems = problems
        hasProblems = !problems.isEmpty
        self.fields = fields
        hasGrants = grants != nil
        self.grants = grants?.rows ?? []
        blankGrant = grants?.blank
        grantsHint = grants?.hint ?? ""
        submitLabel = submit
        discardText = discard
    }
}
