import Testing

@testable import KeywrightMiddleware

/// What is remembered stays bounded, and what is used stays.
@Suite struct BoundedMapTests {
    @Test("the most entries are never exceeded, and the last half used is still there", arguments: 0..<50)
    func bounded(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let limit = Int.random(in: 2...40, using: &random)
        var map = BoundedMap<Int, Int>(limit: limit)
        var recent: [Int] = []
        for _ in 0..<600 {
            let key = Int.random(in: 0..<60, using: &random)
            if Bool.random(using: &random) {
                map.set(key, key * 7)
            } else {
                guard let value = map.value(key) else { continue }
                #expect(value == key * 7)
            }
            recent = recent.filter { $0 != key } + [key]
            #expect(map.count <= limit)
        }
        for key in recent.suffix(limit / 2) { #expect(map.value(key) == key * 7) }
    }

    @Test("what was removed is gone")
    func removal() {
        var map = BoundedMap<String, Int>(limit: 4)
        for name in ["a", "b", "c"] { map.set(name, 1) }
        map.remove("a")
        map.remove("c")
        #expect(map.value("a") == nil && map.value("b") == 1 && map.value("c") == nil)
        map.removeAll()
        #expect(map.value("b") == nil && map.count == 0)
    }
}
