import Testing

@testable import KeywrightStore

@Suite("Sets of keys")
struct KeySetTests {
    @Test("a set does what a set of numbers does", arguments: 0..<200)
    func reference(_ seed: Int) {
        var random = SeededGenerator(seed: seed)
        let highest = [70, 5_000, 100_000, 9_000_000_000][seed % 4]
        func ids(_ random: inout SeededGenerator) -> [Int64] {
            (0..<random.number(0...400)).map { _ in Int64(random.number(1...highest)) }
        }
        var (set, numbers) = (KeySet(), Set<Int64>())
        for _ in 0..<6 {
            for id in ids(&random) {
                set.insert(id)
                numbers.insert(id)
            }
            for id in ids(&random) + random.some(of: Array(numbers), 0...numbers.count) {
                set.remove(id)
                numbers.remove(id)
            }
            var (other, others) = (KeySet(), Set<Int64>())
            for id in ids(&random) + random.some(of: Array(numbers), 0...numbers.count) {
                other.insert(id)
                others.insert(id)
            }
            switch random.number(0...3) {
            case 0:
                set.formUnion(other)
                numbers.formUnion(others)
            case 1:
                set.formIntersection(other)
                numbers.formIntersection(others)
            case 2:
                set.subtract(other)
                numbers.subtract(others)
            default: break
            }
            check(set, numbers, &random)
        }
    }

    private func check(_ set: KeySet, _ numbers: Set<Int64>, _ random: inout SeededGenerator) {
        let ascending = numbers.sorted()
        #expect(set.count == numbers.count)
        #expect(set.isEmpty == numbers.isEmpty)
        #expect(Set(set.blocks) == Set(numbers.map { $0 / 4_096 }), "an empty block stayed")
        for isDescending in [false, true] {
            let all = isDescending ? ascending.reversed() : ascending
            let (offset, limit) = (random.number(0...(numbers.count + 2)), random.number(0...300))
            #expect(set.ids(descending: isDescending, offset: 0, limit: .max) == all)
            #expect(
                set.ids(descending: isDescending, offset: offset, limit: limit)
                    == Array(all.dropFirst(offset).prefix(limit)))
            var seen: [Int64] = []
            set.forEach(descending: isDescending) { id in
                seen.append(id)
                return seen.count < 5
            }
            #expect(seen == Array(all.prefix(5)))
        }
        for id in ascending.prefix(50) { #expect(set.contains(id)) }
        for id in ascending.prefix(50).map({ $0 + 1 }) { #expect(set.contains(id) == numbers.contains(id)) }
        let sample = set.sample(20)
        #expect(Set(sample).isSubset(of: numbers) && Set(sample).count == sample.count)
        #expect(sample.isEmpty == numbers.isEmpty && sample.count < 80)
        #expect(restored(set) == set)
    }

    private func restored(_ set: KeySet) -> KeySet {
        set.blocks.reduce(into: KeySet()) { result, block in
            let bytes = set.stored(block)
            #expect(!bytes.isEmpty && bytes.count <= 512)
            let isBlock = bytes.withUnsafeBytes { result.append(stored: $0, as: block) }
            #expect(isBlock)
        }
    }

    @Test("a block is stored in the shorter of its two forms", arguments: [1, 2, 254, 255, 256, 257, 4_096])
    func forms(_ count: Int) {
        var set = KeySet()
        for id in 0..<Int64(count) { set.insert(8_192 + id) }
        #expect(set.stored(2).count == (count <= 255 ? count * 2 : 512))
        #expect(set.stored(1).isEmpty)
        #expect(restored(set) == set)
    }

    @Test(
        "bytes that are no block are refused",
        arguments: [
            [], [1], [0, 16], [255, 255], [1, 0, 2], [UInt8](repeating: 0, count: 514),
            [UInt8](repeating: 0, count: 511),
        ])
    func damaged(_ bytes: [UInt8]) {
        var set = KeySet()
        let isBlock = bytes.withUnsafeBytes { set.append(stored: $0, as: 1) }
        #expect(!isBlock)
    }

    @Test("blocks are read in their order only")
    func order() {
        var set = KeySet()
        let results = [3, 3, 2, 4].map { block in [UInt8]([5, 0]).withUnsafeBytes { set.append(stored: $0, as: block) }
        }
        #expect(results == [true, false, false, true])
        let ids: [Int64] = [12_293, 16_389]
        #expect(set.ids(descending: false, offset: 0, limit: 9) == ids)
    }
}
