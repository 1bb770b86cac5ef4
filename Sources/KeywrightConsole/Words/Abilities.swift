import KeywrightDomain

/// What a set of actions allows, in words for people.
struct Abilities {
    /// A sentence each, the strongest first, as in "Create and update builds and releases".
    let sentences: [String]

    /// - Parameter place: where the actions are allowed, as in "Payments API"; every sentence ends with it.
    init(_ actions: ActionSet, at place: String) {
        switch actions {
        case .allExcept(let missing) where missing.isEmpty:
            sentences = ["Do everything on \(place) and below it, API keys and people included"]
        case .allExcept(let missing):
            let names = missing.sorted().map(\.name)
            sentences = ["Do everything on \(place) and below it, except \(names.listed)"]
        case .only(let actions):
            sentences = Self.sentences(actions).map { "\($0) on \(place) and below it" }
        }
    }

    /// Entities that allow the same verbs share a sentence.
    private static func sentences(_ actions: Set<Action>) -> [String] {
        var special: [String] = []
        var verbs: [String: Set<String>] = [:]
        for action in actions.sorted() {
            if let words = words[action.name] {
                special.append(words)
            } else {
                verbs[action.entity, default: []].insert(action.verb)
            }
        }
        var entities: [[String]: [String]] = [:]
        for (entity, allowed) in verbs {
            let ordered = allowed.sorted { (rank($0), $0) < (rank($1), $1) }
            entities[ordered, default: []].append(plural(entity))
        }
        let general = entities.sorted { a, b in
            a.key.count != b.key.count ? a.key.count > b.key.count : a.key.lexicographicallyPrecedes(b.key)
        }
        return general.map { verbs, names in
            let sentence = "\(verbs.map(phrase).listed) \(names.sorted { $0.lowercased() < $1.lowercased() }.listed)"
            return sentence.prefix(1).uppercased() + sentence.dropFirst()
        } + special
    }

    private static let words = [
        "agent:connect": "Connect as an agent",
        "authz:check": "Ask what other credentials may do",
        "parameter:read_secret": "Read secret parameters",
        "audit:read": "Read the audit trail",
    ]

    private static let order = ["create", "read", "update", "delete"]

    private static func rank(_ verb: String) -> Int { order.firstIndex(of: verb) ?? order.count }

    private static func phrase(_ verb: String) -> String { verb.split(separator: "_").joined(separator: " ") }

    private static let plurals = [
        "api_key": "API keys", "metadata": "metadata", "infrastructure": "infrastructure", "security": "security",
        "runtime_configuration": "runtime configuration", "grant": "people's roles", "user": "people",
    ]

    private static func plural(_ entity: String) -> String {
        plurals[entity] ?? "\(phrase(entity))s"
    }
}

extension Action {
    /// What is acted on, as in `api_key`.
    var entity: String { String(name.prefix { $0 != ":" }) }
    /// What is done, as in `create`.
    var verb: String { String(name.drop { $0 != ":" }.dropFirst()) }
}

extension [String] {
    /// As people list things: "a", "a and b", "a, b and c".
    var listed: String {
        guard let last, count > 1 else { return first ?? "" }
        return "\(dropLast().joined(separator: ", ")) and \(last)"
    }
}
