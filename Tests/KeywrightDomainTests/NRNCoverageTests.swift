import KeywrightDomain
import Testing

@Suite("NRN: the tree")
struct NRNCoverageTests {
    /// Every NRN whose ids are 1 or 10, at every level: 62 of them.
    private static let universe: [NRN] = {
        var level = [NRN(organization: 1), NRN(organization: 10)]
        var all = level
        for _ in 0..<4 {
            level = level.flatMap { parent in [1, 10].compactMap { parent.child($0) } }
            all += level
        }
        return all
    }()

    /// Coverage said in another way: the other's slots begin with one's own.
    private static func reference(_ a: NRN, _ b: NRN) -> Bool {
        b.slots.starts(with: a.slots.prefix { $0 != 0 })
    }

    @Test("covers is exactly: the same resource or one beneath it")
    func everyPair() {
        #expect(Self.universe.count == 62)
        for a in Self.universe {
            for b in Self.universe where a.covers(b) != Self.reference(a, b) {
                Issue.record("\(a) and \(b): covers says \(a.covers(b))")
            }
        }
    }

    @Test("covers is the same for random ids", arguments: 0..<100)
    func randomPairs(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let ids: [Int64] = [1, 2, 10, 11, 12, 101, 9_007_199_254_740_991]
        for _ in 0..<200 {
            let a = try #require(NRN.random(ids: ids, &random))
            let b = random.once(in: 2) ? try #require(NRN.random(ids: ids, &random)) : a.child(random.pick(ids)) ?? a
            if a.covers(b) != Self.reference(a, b) { Issue.record("\(a) and \(b): covers says \(a.covers(b))") }
        }
    }

    @Test(
        "an id covers no id that begins with the same digits",
        arguments: [
            ("organization=1", "organization=10"),
            ("organization=1", "organization=10:account=2"),
            ("organization=1", "organization=2:account=1"),
            ("organization=1:account=2", "organization=1:account=20"),
            ("organization=1:account=2", "organization=1:account=20:namespace=3"),
            ("organization=1:account=2", "organization=1"),
            ("organization=1:account=2", "organization=2:account=2"),
            ("organization=1:account=2:namespace=3", "organization=1:account=3:namespace=3"),
            (
                "organization=1:account=2:namespace=3:application=4:scope=5",
                "organization=1:account=2:namespace=3:application=4:scope=55"
            ),
        ])
    func neverCovers(_ a: String, _ b: String) throws {
        #expect(!(try nrn(a).covers(try nrn(b))))
    }

    @Test("parent, child and cut agree with each other")
    func family() throws {
        for place in Self.universe {
            #expect(place.cut(to: place.level) == place)
            #expect(place.covers(place))
            for level in NRN.Level.allCases where level <= place.level {
                let ancestor = place.cut(to: level)
                #expect(ancestor.level == level)
                #expect(ancestor.covers(place))
                #expect(ancestor.id == place[level])
            }
            guard place.level != .scope else {
                #expect(place.child(1) == nil)
                continue
            }
            let child = try #require(place.child(77))
            #expect(child.parent == place)
            #expect(child.id == 77)
            #expect(child.level == place.level.child)
            #expect(place.covers(child))
            #expect(!child.covers(place))
            #expect(place.child(0) == nil)
            #expect(place.child(-1) == nil)
        }
        #expect(NRN(organization: 1).parent == nil)
    }

    @Test("the organization's typed id is its first slot")
    func organizationID() throws {
        #expect(try nrn("organization=3:account=4").organizationID == Organization.ID(3))
        #expect(NRN(Organization.ID(3)) == NRN(organization: 3))
    }

    @Test("levels know their names, order and neighbours")
    func levels() {
        let names = ["organization", "account", "namespace", "application", "scope"]
        #expect(NRN.Level.allCases.map(\.name) == names)
        #expect(names.compactMap(NRN.Level.init(name:)) == NRN.Level.allCases)
        #expect(NRN.Level.allCases.sorted() == NRN.Level.allCases)
        #expect(NRN.Level.allCases.map(\.parent) == [nil, .organization, .account, .namespace, .application])
        #expect(NRN.Level.allCases.map(\.child) == [.account, .namespace, .application, .scope, nil])
        for wrong in ["", "Organization", "organization ", "org", "scope\u{301}"] {
            #expect(NRN.Level(name: wrong) == nil)
        }
    }
}
