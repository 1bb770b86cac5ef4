import Hummingbird
import KeywrightDomain

/// Where a request leads, as text with the names of path parameters: `organization=1:account={account}`.
struct NRNTemplate: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        case text(Substring)
        case parameter(String)
    }

    /// What is written between levels, and one part for each level's id.
    private let levels: [(name: Substring, id: Part)]

    /// Reads a template.
    ///
    /// - Throws: `DomainError` `.invalid` when it would not give NRNs.
    init(parsing text: String) throws(DomainError) {
        levels = text.split(separator: ":", omittingEmptySubsequences: false).map { level in
            let name = level.prefix { $0 != "=" }
            let id = level.dropFirst(name.count + 1)
            guard id.first == "{", id.last == "}", id.count > 2 else { return (name, .text(id)) }
            return (name, .parameter(String(id.dropFirst().dropLast())))
        }
        _ = try NRN(parsing: written { _ in "1" })
    }

    /// The NRN with values in the place of parameters; nil when one is missing or no id.
    func nrn(_ value: (String) -> Substring?) -> NRN? {
        var isComplete = true
        let text = written { name in
            // Nothing but an id: a value such as `2:namespace=3` would name another resource.
            guard let value = value(name), Identifier<Resource>(parsing: value) != nil else {
                isComplete = false
                return ""
            }
            return value
        }
        return isComplete ? try? NRN(parsing: text) : nil
    }

    private func written(with value: (String) -> Substring) -> String {
        levels.map { level in
            switch level.id {
            case .text(let id): "\(level.name)=\(id)"
            case .parameter(let name): "\(level.name)=\(value(name))"
            }
        }.joined(separator: ":")
    }

    static func == (a: NRNTemplate, b: NRNTemplate) -> Bool {
        a.levels.elementsEqual(b.levels) { $0 == $1 }
    }
}
