/// A set of actions that may be "every action, unknown ones included", less some.
public enum ActionSet: Hashable, Sendable {
    /// Just these.
    case only(Set<Action>)
    /// Every action there is or will be, except these.
    case allExcept(Set<Action>)

    /// No action.
    public static let none = ActionSet.only([])
    /// Every action, as the role `admin` holds.
    public static let all = ActionSet.allExcept([])

    /// Just these actions.
    public init(_ actions: some Sequence<Action>) {
        self = .only(Set(actions))
    }

    /// Whether the action is in the set.
    public func contains(_ action: Action) -> Bool {
        switch self {
        case .only(let actions): actions.contains(action)
        case .allExcept(let actions): !actions.contains(action)
        }
    }

    /// Both sets together.
    public func union(_ other: ActionSet) -> ActionSet {
        switch (self, other) {
        case (.only(let a), .only(let b)): .only(a.union(b))
        case (.allExcept(let a), .only(let b)), (.only(let b), .allExcept(let a)): .allExcept(a.subtracting(b))
        case (.allExcept(let a), .allExcept(let b)): .allExcept(a.intersection(b))
        }
    }

    /// The set without these actions.
    public func subtracting(_ actions: some Sequence<Action>) -> ActionSet {
        switch self {
        case .only(let a): .only(a.subtracting(actions))
        case .allExcept(let a): .allExcept(a.union(actions))
        }
    }

    /// Whether every action of the other set is in this one.
    public func isSuperset(of other: ActionSet) -> Bool {
        switch (self, other) {
        case (.only(let a), .only(let b)): a.isSuperset(of: b)
        case (.allExcept(let a), .only(let b)): a.isDisjoint(with: b)
        case (.allExcept(let a), .allExcept(let b)): a.isSubset(of: b)
        case (.only, .allExcept): false
        }
    }

    /// The actions by name; of a set of everything, the built-in ones that are in it.
    public var named: [Action] {
        switch self {
        case .only(let actions): actions.sorted()
        case .allExcept(let actions): Action.builtIn.filter { !actions.contains($0) }
        }
    }

    /// Whether the set is "everything", possibly less some.
    public var isOpen: Bool {
        if case .allExcept = self { return true }
        return false
    }
}
