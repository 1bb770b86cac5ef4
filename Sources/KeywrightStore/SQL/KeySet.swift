/// Ids of keys as bits, in blocks of 4,096 ids: what a filter matches.
///
/// Any two filters meet by AND, however many keys each of them matches; a million ids take 125 KB.
struct KeySet: Equatable {
    /// How many ids a block spans.
    static let span: Int64 = 4_096
    private static let wordsPerBlock = 64

    /// The numbers of the blocks that are not empty, ascending.
    private(set) var blocks: [Int64] = []
    private var words: [UInt64] = []

    init() {}

    /// Which block an id belongs to.
    static func block(of id: Int64) -> Int64 { id >> 12 }

    var isEmpty: Bool { blocks.isEmpty }

    var count: Int { words.reduce(0) { $0 &+ $1.nonzeroBitCount } }

    /// Whether at least one in so many ids, from the first block to the last, is in the set.
    func isDense(idsPerMember: Int) -> Bool {
        guard let first = blocks.first, let last = blocks.last else { return false }
        return Int64(count) * Int64(idsPerMember) >= (last - first + 1) * Self.span
    }

    func contains(_ id: Int64) -> Bool {
        let (index, isThere) = position(of: Self.block(of: id))
        guard isThere else { return false }
        return words[index * Self.wordsPerBlock + Self.word(of: id)] & Self.bit(of: id) != 0
    }

    mutating func insert(_ id: Int64) {
        let (index, isThere) = position(of: Self.block(of: id))
        if !isThere {
            blocks.insert(Self.block(of: id), at: index)
            let start = index * Self.wordsPerBlock
            words.insert(contentsOf: repeatElement(0, count: Self.wordsPerBlock), at: start)
        }
        words[index * Self.wordsPerBlock + Self.word(of: id)] |= Self.bit(of: id)
    }

    mutating func remove(_ id: Int64) {
        let (index, isThere) = position(of: Self.block(of: id))
        guard isThere else { return }
        words[index * Self.wordsPerBlock + Self.word(of: id)] &= ~Self.bit(of: id)
        let range = wordRange(index)
        if words[range].allSatisfy({ $0 == 0 }) {
            blocks.remove(at: index)
            words.removeSubrange(range)
        }
    }

    // MARK: Algebra

    mutating func formIntersection(_ other: KeySet) { combine(with: other) { $0 & $1 } }

    mutating func subtract(_ other: KeySet) {
        if !other.isEmpty { combine(with: other) { $0 & ~$1 } }
    }

    /// Keeps this set's blocks; a block that the other set lacks counts as zeros there.
    private mutating func combine(with other: KeySet, _ merge: (UInt64, UInt64) -> UInt64) {
        var (kept, partner) = (0, 0)
        for index in blocks.indices {
            while partner < other.blocks.count, other.blocks[partner] < blocks[index] { partner += 1 }
            let isShared = partner < other.blocks.count && other.blocks[partner] == blocks[index]
            var isUsed: UInt64 = 0
            for offset in 0..<Self.wordsPerBlock {
                let mine = words[index * Self.wordsPerBlock + offset]
                let word = merge(mine, isShared ? other.words[partner * Self.wordsPerBlock + offset] : 0)
                words[kept * Self.wordsPerBlock + offset] = word
                isUsed |= word
            }
            blocks[kept] = blocks[index]
            if isUsed != 0 { kept += 1 }
        }
        blocks.removeSubrange(kept...)
        words.removeSubrange((kept * Self.wordsPerBlock)...)
    }

    mutating func formUnion(_ other: KeySet) {
        if other.isEmpty { return }
        if isEmpty {
            self = other
            return
        }
        let mine = self
        var (first, second) = (0, 0)
        self = KeySet()
        while first < mine.blocks.count || second < other.blocks.count {
            let left = first < mine.blocks.count ? mine.blocks[first] : Int64.max
            let right = second < other.blocks.count ? other.blocks[second] : Int64.max
            blocks.append(min(left, right))
            if left == right {
                let pair = zip(mine.words[mine.wordRange(first)], other.words[other.wordRange(second)])
                words.append(contentsOf: pair.lazy.map { $0 | $1 })
            } else {
                words += left < right ? mine.words[mine.wordRange(first)] : other.words[other.wordRange(second)]
            }
            if left <= right { first += 1 }
            if right <= left { second += 1 }
        }
    }

    // MARK: Order

    /// Calls a function with each id in order until it answers false.
    func forEach(descending: Bool, _ body: (Int64) throws -> Bool) rethrows {
        try forEach(descending: descending, from: 0, body)
    }

    /// A part of the ids in order; whole blocks are passed over by counting.
    func ids(descending: Bool, offset: Int, limit: Int) -> [Int64] {
        var result: [Int64] = []
        guard limit > 0 else { return result }
        forEach(descending: descending, from: offset) { id in
            result.append(id)
            return result.count < limit
        }
        return result
    }

    /// About so many of the ids, spread over the set.
    func sample(_ count: Int) -> [Int64] {
        guard !isEmpty else { return [] }
        let perBlock = (count + blocks.count - 1) / blocks.count
        var result: [Int64] = []
        for index in stride(from: 0, to: blocks.count, by: max(blocks.count / max(count, 1), 1)) {
            var left = perBlock
            for offset in 0..<Self.wordsPerBlock where left > 0 {
                var word = words[index * Self.wordsPerBlock + offset]
                while word != 0, left > 0 {
                    result.append(blocks[index] * Self.span + Int64(offset * 64 + word.trailingZeroBitCount))
                    word &= word - 1
                    left -= 1
                }
            }
        }
        return result
    }

    private func forEach(descending: Bool, from offset: Int, _ body: (Int64) throws -> Bool) rethrows {
        var rest = offset
        for step in words.indices {
            let index = descending ? words.count - 1 - step : step
            var word = words[index]
            let count = word.nonzeroBitCount
            if rest >= count {
                rest -= count
                continue
            }
            let base = blocks[index / Self.wordsPerBlock] * Self.span + Int64(index % Self.wordsPerBlock) * 64
            while word != 0 {
                let bit = descending ? 63 - word.leadingZeroBitCount : word.trailingZeroBitCount
                word &= ~(1 << UInt64(bit))
                if rest > 0 {
                    rest -= 1
                } else if try !body(base + Int64(bit)) {
                    return
                }
            }
        }
    }

    // MARK: Stored form

    /// The most ids that are stored one by one: two bytes each are then fewer than a bit for every id.
    private static let listLimit = 255

    /// A block as it is stored: its ids' offsets, 16 bits each, or its 4,096 bits; little-endian.
    func stored(_ block: Int64) -> [UInt8] {
        let (index, isThere) = position(of: block)
        guard isThere else { return [] }
        var bytes: [UInt8] = []
        if words[wordRange(index)].reduce(0, { $0 + $1.nonzeroBitCount }) <= Self.listLimit {
            for offset in 0..<Self.wordsPerBlock {
                var word = words[index * Self.wordsPerBlock + offset]
                while word != 0 {
                    let id = UInt16(offset * 64 + word.trailingZeroBitCount)
                    bytes += [UInt8(truncatingIfNeeded: id), UInt8(truncatingIfNeeded: id >> 8)]
                    word &= word - 1
                }
            }
        } else {
            bytes.reserveCapacity(Self.wordsPerBlock * 8)
            for word in words[wordRange(index)] {
                for byte in 0..<UInt64(8) { bytes.append(UInt8(truncatingIfNeeded: word >> (byte * 8))) }
            }
        }
        return bytes
    }

    /// Adds a stored block behind all others.
    ///
    /// - Returns: false when the bytes are no block, or not behind the others.
    mutating func append(stored bytes: UnsafeRawBufferPointer, as block: Int64) -> Bool {
        if let last = blocks.last, last >= block { return false }
        let start = words.count
        if bytes.count == Self.wordsPerBlock * 8 {
            for index in 0..<Self.wordsPerBlock {
                words.append(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)))
            }
        } else {
            guard bytes.count.isMultiple(of: 2), bytes.count <= Self.listLimit * 2, !bytes.isEmpty else { return false }
            words.append(contentsOf: repeatElement(0, count: Self.wordsPerBlock))
            for index in stride(from: 0, to: bytes.count, by: 2) {
                let id = Int64(bytes[index]) | Int64(bytes[index + 1]) << 8
                guard id < Self.span else { return false }
                words[start + Self.word(of: id)] |= Self.bit(of: id)
            }
        }
        blocks.append(block)
        return true
    }

    // MARK: Places

    private static func word(of id: Int64) -> Int { Int(id & (span - 1)) >> 6 }
    private static func bit(of id: Int64) -> UInt64 { 1 << UInt64(id & 63) }

    private func wordRange(_ index: Int) -> Range<Int> {
        index * Self.wordsPerBlock..<(index + 1) * Self.wordsPerBlock
    }

    /// Where a block is, or would be.
    private func position(of block: Int64) -> (index: Int, isThere: Bool) {
        var (low, high) = (0, blocks.count)
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle] < block { low = middle + 1 } else { high = middle }
        }
        return (low, low < blocks.count && blocks[low] == block)
    }
}
