import KeywrightDomain
import KeywrightOperations

/// What can be done with a person, beside changing their grants; each asks first.
enum PersonAction: String, CaseIterable, Sendable {
    case reset
    case endSessions = "end-sessions"
    case deactivate
    case activate

    static func path(of id: User.ID) -> String { "\(PeopleState.path)/\(id)" }

    /// What the page before it asks.
    func title(_ name: String) -> String {
        switch self {
        case .reset: "Make a password reset link for \(name)?"
        case .endSessions: "End the sessions of \(name)?"
        case .deactivate: "Deactivate \(name)?"
        case .activate: "Activate \(name)?"
        }
    }

    /// On the button that does it.
    var label: String {
        switch self {
        case .reset: "Make link"
        case .endSessions: "End sessions"
        case .deactivate: "Deactivate"
        case .activate: "Activate"
        }
    }
}

extension Confirmation {
    /// The question before something is done to a person.
    ///
    /// - Parameter problem: why it cannot be done; nil while nothing speaks against it.
    init(_ action: PersonAction, _ shown: ShownPerson, isSelf: Bool, problem: String?) {
        let user = shown.overview.user
        let keys = action == .deactivate && problem == nil ? shown.keys : nil
        self.init(
            action.title(user.displayName.text), texts: problem == nil ? Self.texts(action, shown, isSelf: isSelf) : [],
            items: keys?.page.results.map(\.name) ?? [], keys: keys, problem: problem, action: action.rawValue,
            at: PersonAction.path(of: user.id), keep: "Cancel", label: action.label, isDanger: action == .deactivate,
            isPossible: problem == nil
        )
    }

    private static func texts(_ action: PersonAction, _ shown: ShownPerson, isSelf: Bool) -> [String] {
        let own = isSelf ? ["This is your own account: you will be signed out."] : []
        switch action {
        case .reset:
            return [
                "The link works once, for 24 hours, and is shown once: you pass it on yourself.",
                "The password they have now stops working at once, and their sessions end.",
            ] + own
        case .endSessions:
            let count = shown.overview.sessionCount
            return [
                "\(count == 1 ? "Their session ends" : "Their \(count) sessions end") at once. They can sign in again."
            ]
                + own
        case .deactivate:
            return ["They can't sign in any more, and their sessions and links end at once. Their grants are kept."]
                + own + [keysText(shown.keys?.page.total)]
        case .activate:
            return ["They can sign in again, with the password and the grants they had."]
        }
    }

    private static func keysText(_ count: Int?) -> String {
        switch count {
        case nil: "API keys that they created keep working."
        case 0: "They created none of the API keys there are."
        case 1: "The API key that they created keeps working. Delete it if nobody needs it any more:"
        case let count?:
            "The \(count.grouped) API keys that they created keep working. Delete those that nobody needs any more:"
        }
    }
}
