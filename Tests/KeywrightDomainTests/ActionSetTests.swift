import KeywrightDomain
import Testing

@Suite("Action sets")
struct ActionSetTests {
    /// What is said about: a few names, and one that no set ever names, for all actions there will be.
    private static let names = ["a:a", "a:b", "a:c", "b:a", "b:b", "b:c", "c:a", "c:b", "api_key:read", "audit:read"]
    private static let unnamed = "never:named"

    private static func universe() throws -> [Action] { try actions(names + [unnamed]) }

    private static func random(_ random: inout SeededGenerator) throws -> (set: ActionSet, reference: Set<Action>) {
        let some = try actions(random.some(of: names, atMost: 8))
        let universe = Set(try universe())
        guard random.once(in: 2) else { return (ActionSet(some), Set(some)) }
        return (ActionSet.all.subtracting(some), universe.subtracting(some))
    }

    @Test("sets behave like finite sets over everything there is", arguments: 0..<300)
    func algebra(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let universe = try Self.universe()
        let members = { (set: ActionSet) in Set(universe.filter { set.contains($0) }) }
        for _ in 0..<10 {
            let (a, b, c) = (try Self.random(&random), try Self.random(&random), try Self.random(&random))
            let removed = try actions(random.some(of: Self.names, atMost: 5))
            #expect(members(a.set) == a.reference)
            #expect(members(a.set.union(b.set)) == a.reference.union(b.reference))
            #expect(members(a.set.subtracting(removed)) == a.reference.subtracting(removed))
            #expect(a.set.isSuperset(of: b.set) == a.reference.isSuperset(of: b.reference))
            #expect((a.set == b.set) == (a.reference == b.reference))
            #expect(a.set.isOpen == a.reference.contains(try action(Self.unnamed)))
            // Laws that need no reference.
            #expect(a.set.union(b.set) == b.set.union(a.set))
            #expect(a.set.union(b.set).union(c.set) == a.set.union(b.set.union(c.set)))
            #expect(a.set.union(b.set).isSuperset(of: a.set))
            #expect(a.set.isSuperset(of: a.set.subtracting(removed)))
            #expect(a.set.subtracting(removed).union(ActionSet(removed)).isSuperset(of: a.set))
            #expect((a.set.isSuperset(of: b.set) && b.set.isSuperset(of: a.set)) == (a.set == b.set))
        }
    }

    @Test("a table answers as its set does, also for what the set never names", arguments: 0..<100)
    func tables(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let names = (0..<Int.random(in: 0...120, using: &random)).map { "thing_\($0):do_\($0 % 7)" }
        let some = Set(try actions(random.some(of: names + ["a:a"], atMost: 150)))
        let asked = try actions(names) + Self.universe() + Action.builtIn
        for set in [ActionSet.only(some), .allExcept(some)] {
            let table = ActionTable(set)
            #expect(table.actions == set)
            let wrong = asked.filter { table.contains(AskedAction($0)) != set.contains($0) }
            #expect(wrong.isEmpty)
        }
    }

    @Test("no action and every action are the two ends", arguments: 0..<20)
    func ends(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let set = try Self.random(&random).set
        #expect(set.union(.none) == set)
        #expect(set.union(.all) == .all)
        #expect(set.isSuperset(of: .none))
        #expect(ActionSet.all.isSuperset(of: set))
        #expect(ActionSet.none.isSuperset(of: set) == (set == .none))
    }

    @Test("a closed set never holds an open one, even when that lacks nearly everything")
    func openness() throws {
        let everyName = ActionSet(Action.builtIn)
        #expect(!everyName.isSuperset(of: .all))
        #expect(!everyName.isSuperset(of: ActionSet.all.subtracting(Action.builtIn)))
        #expect(ActionSet.all.isSuperset(of: everyName))
        #expect(ActionSet.all.contains(try action("widget:paint")))
        #expect(!everyName.contains(try action("widget:paint")))
    }

    @Test("a set names its actions in order; an open one those that are built in")
    func named() throws {
        #expect(ActionSet(try actions(["b:b", "a:z", "b:b"])).named.map(\.name) == ["a:z", "b:b"])
        #expect(ActionSet.none.named.isEmpty)
        #expect(ActionSet.all.named == Action.builtIn)
        #expect(
            ActionSet.all.subtracting([.readAPIKey, try action("widget:paint")]).named
                == Action.builtIn.filter { $0 != .readAPIKey })
    }
}
