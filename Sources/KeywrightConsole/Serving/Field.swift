/// A text field with its label, hint and, when it is wrong, what would be right, as `field.mustache` describes it.
///
struct Field: Encodable {
    /// How a field behaves in a browser.
    enum Kind: String {
        case text
        case email
        case password
    }

    let fieldName: String
    let fieldLabel: String
    let fieldHint: String?
    let fieldType: String
    /// Never a password.
    let fieldValue: String
    let fieldAutocomplete: String
    let fieldCapitals: String
    /// What would be right; nil when nothing is wrong.
    let fieldError: String?
    let fieldDescribedBy: String?
    let isFieldRequired: Bool
    let isFieldOptional: Bool
    let fieldMinimum: Int?
    let fieldMaximum: Int?
    let canReveal: Bool

    init(
        _ name: String, _ label: String, hint: String? = nil, _ kind: Kind = .text, value: String = "",
        autocomplete: String = "off", capitals: String = "none", isRequired: Bool = true, isOptional: Bool = false,
        minimum: Int? = nil, maximum: Int? = nil, error: String? = nil
    ) {
        fieldName = name
        fieldLabel = label
        fieldHint = hint
        fieldType = kind.rawValue
        fieldValue = kind == .password ? "" : value
        fieldAutocomplete = autocomplete
        fieldCapitals = capitals
        fieldError = error
        let describedBy = [error.map { _ in "\(name)-error" }, hint.map { _ in "\(name)-hint" }].compactMap(\.self)
        fieldDescribedBy = describedBy.isEmpty ? nil : describedBy.joined(separator: " ")
        isFieldRequired = isRequired && !isOptional
        isFieldOptional = isOptional
        fieldMinimum = minimum
        fieldMaximum = maximum
        canReveal = kind == .password
    }

    /// The line of the error summary that leads to the field; nil when nothing is wrong.
    var problem: Problem? { fieldError.map { Problem(fieldName, $0) } }
}

/// A line of a form's error summary, as `problems.mustache` describes it.
struct Problem: Encodable {
    /// The id of the control.
    let problemTarget: String
    let problemText: String

    init(_ target: String, _ text: String) {
        problemTarget = target
        problemText = text
    }
}
