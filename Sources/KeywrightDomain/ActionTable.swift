/// An action that is asked for, with its hash, which is made once for all the grants that are asked.
public struct AskedAction: Sendable {
    /// The action.
    public let action: Action
    /// Its hash within this process; never 0.
    let hash: Int

    /// An action to ask for.
    public init(_ action: Action) {
        self.action = action
        let hash = action.hashValue
        self.hash = hash == 0 ? 1 : hash
    }
}

/// A set of actions laid out for being asked often: most questions are answered by one look at a table of hashes.
///
/// Hashes are seeded anew in every process, so nobody can choose names that meet in one place.
public final class ActionTable: Sendable {
    /// The set.
    public let actions: ActionSet
    /// The hashes of the actions that the set names, each at its place or behind it; 0 where there is none. At least
    /// half of it is empty.
    private let slots: [Int]
    private let isOpen: Bool

    /// A set, ready to be asked.
    public init(_ actions: ActionSet) {
        self.actions = actions
        let named: Set<Action>
        switch actions {
        case .only(let actions): (named, isOpen) = (actions, false)
        case .allExcept(let actions): (named, isOpen) = (actions, true)
        }
        var size = 4
        while size < named.count * 2 { size *= 2 }
        var slots = [Int](repeating: 0, count: size)
        for action in named {
            let hash = AskedAction(action).hash
            var place = hash & (size - 1)
            while slots[place] != 0 { place = (place + 1) & (size - 1) }
            slots[place] = hash
        }
        self.slots = slots
    }

    /// Whether the action is in the set.
    public func contains(_ asked: AskedAction) -> Bool {
        let mask = slots.count - 1
        var place = asked.hash & mask
        while slots[place] != 0 {
            // Two names may share a hash, so the set has the last word.
            if slots[place] == asked.hash { return actions.contains(asked.action) }
            place = (place + 1) & mask
        }
        return isOpen
    }
}
