/// A drop-down of the browser's own, as `select.mustache` describes it.
struct Select: Encodable {
    struct Option: Encodable {
        let optionValue: String
        let optionLabel: String
        let isOptionChosen: Bool
    }

    let selectName: String
    let selectLabel: String
    let selectHint: String?
    let selectError: String?
    let selectDescribedBy: String?
    let selectOptions: [Option]

    /// - Parameter options: value and label of each, in their order.
    init(
        _ name: String, _ label: String, hint: String? = nil, _ options: [(value: String, label: String)],
        chosen: String, error: String? = nil
    ) {
        selectName = name
        selectLabel = label
        selectHint = hint
        selectError = error
        let describedBy = [error.map { _ in "\(name)-error" }, hint.map { _ in "\(name)-hint" }].compactMap(\.self)
        selectDescribedBy = describedBy.isEmpty ? nil : describedBy.joined(separator: " ")
        selectOptions = options.map {
            Option(optionValue: $0.value, optionLabel: $0.label, isOptionChosen: $0.value == chosen)
        }
    }
}
