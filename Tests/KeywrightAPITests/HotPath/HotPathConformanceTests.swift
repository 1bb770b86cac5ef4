import KeywrightOperations
import Logging
import Synchronization
import Testing

@testable import KeywrightAPI

/// The hot path answers byte for byte what the ordinary routes answer, or hands the request on to them.
@Suite("The hot path and the ordinary routes")
struct HotPathConformanceTests {
    /// Requests that differ from each other, each answered by the ordinary routes once.
    private static let distinctCount = 10_000
    /// How many are sent to the hot path, drawn from these, pipelined and split.
    private static let sentCount = 100_000

    /// What the ordinary routes answer to a request, as one among others and as a connection's last.
    private struct Reference {
        let request: GeneratedRequest
        let inBetween: [UInt8]
        let last: [UInt8]
    }

    @Test("100,000 requests are answered alike")
    func conformance() async throws {
        try await TestInstallation.run { installation in
            let cast = try await HotPathCast(installation)
            try await HotPathServers.run(installation.operations) { servers in
                let references = try await Self.references(cast, servers.ordinary)
                let path = HotPath(
                    installation.operations, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                try await withThrowingTaskGroup(of: Int.self) { tasks in
                    for seed in 0..<2 {
                        tasks.addTask {
                            try Self.compareEmbedded(references, path, count: Self.sentCount * 9 / 20, seed: seed)
                        }
                    }
                    for seed in 2..<4 {
                        tasks.addTask {
                            try await Self.compareLive(references, servers.hot, count: Self.sentCount / 20, seed: seed)
                        }
                    }
                    var count = 0
                    for try await sent in tasks { count += sent }
                    #expect(count >= Self.sentCount)
                }
            }
        }
    }

    /// Has every request answered by the ordinary routes. One that leaves the connection open is followed by another
    /// that ends it, whose answer is known.
    private static func references(_ cast: HotPathCast, _ port: Int) async throws -> [Reference] {
        var random = SeededGenerator(seed: 1)
        var requests: Set<GeneratedRequest> = []
        while requests.count < distinctCount { requests.insert(GeneratedRequest(cast, &random)) }
        let end = Array("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        let endAnswer = Array(try await answer([end[...]], port).rest)
        return try await withThrowingTaskGroup(of: [Reference].self) { tasks in
            let requests = Array(requests)
            for worker in 0..<8 {
                tasks.addTask {
                    var references: [Reference] = []
                    for index in stride(from: worker, to: requests.count, by: 8) {
                        let request = requests[index]
                        let last = Array(try await answer([request.bytes(closing: true)[...]], port).rest)
                        var inBetween: [UInt8] = []
                        if !request.endsConnection {
                            let both = try await answer([request.bytes(closing: false)[...], end[...]], port).rest
                            #expect(both.suffix(endAnswer.count).elementsEqual(endAnswer))
                            inBetween = Array(both.dropLast(endAnswer.count))
                        }
                        references.append(Reference(request: request, inBetween: inBetween, last: last))
                    }
                    return references
                }
            }
            return try await tasks.reduce(into: []) { $0 += $1 }
        }
    }

    private static func answer(_ parts: [ArraySlice<UInt8>], _ port: Int) async throws -> MaskedAnswers {
        MaskedAnswers(try await HotPathServers.exchange(parts, with: port))
    }

    // MARK: Sending

    /// Some requests for one connection; only the last may end it.
    private static func pipeline(_ references: [Reference], _ random: inout SeededGenerator) -> [Reference] {
        var pipeline: [Reference] = []
        for _ in 0..<Int.random(in: 1...9, using: &random) {
            pipeline.append(random.pick(references))
            if pipeline.last?.request.endsConnection == true { break }
        }
        return pipeline
    }

    /// A few requests that come again and again, as those of a service do, so that the connection knows their heads.
    private static func repetition(_ references: [Reference], _ random: inout SeededGenerator) -> [Reference] {
        var kinds: [Reference] = []
        for _ in 0..<3 {
            let kind = random.pick(references)
            if !kind.request.endsConnection { kinds.append(kind) }
        }
        if kinds.isEmpty { return pipeline(references, &random) }
        return (0..<Int.random(in: 2...12, using: &random)).map { _ in random.pick(kinds) }
    }

    /// Each request by itself, but for some that are split or come with the next.
    private static func oneByOne(_ pipeline: [Reference], _ random: inout SeededGenerator) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        for (index, reference) in pipeline.enumerated() {
            let bytes = reference.request.bytes(closing: index == pipeline.count - 1)
            if random.once(in: 8) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                parts += [bytes[..<place], bytes[place...]].filter { !$0.isEmpty }
            } else if random.once(in: 8), let last = parts.popLast() {
                parts.append((last + bytes)[...])
            } else {
                parts.append(bytes[...])
            }
        }
        return parts
    }

    /// The bytes of a pipeline, whole, split at every byte, or split anywhere.
    private static func parts(_ pipeline: [Reference], _ random: inout SeededGenerator) -> [ArraySlice<UInt8>] {
        var bytes: [UInt8] = []
        for (index, reference) in pipeline.enumerated() {
            bytes += reference.request.bytes(closing: index == pipeline.count - 1)
        }
        if random.once(in: 100) { return bytes.indices.map { bytes[$0...$0] } }
        guard random.once(in: 3) else { return [bytes[...]] }
        var parts: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(Int.random(in: 1...400, using: &random))
            parts.append(part)
            rest = rest.dropFirst(part.count)
        }
        return parts
    }

    private static func compareEmbedded(
        _ references: [Reference], _ path: HotPath, count: Int, seed: Int
    ) throws -> Int {
        var random = SeededGenerator(seed: seed)
        var (sent, wrong, answered) = (0, [String](), 0)
        while sent < count, wrong.count < 5 {
            let repeats = random.once(in: 2)
            let pipeline = repeats ? repetition(references, &random) : pipeline(references, &random)
            let parts = repeats ? oneByOne(pipeline, &random) : parts(pipeline, &random)
            var answers = MaskedAnswers(try EmbeddedConnection(path).exchange(parts))
            for (index, reference) in pipeline.enumerated() {
                let isLast = index == pipeline.count - 1
                // Where other nodes may write, memory does not know what there is not, and may have to be refreshed.
                let mayBeHandedOn =
                    isLast || !reference.request.isPlain || reference.request.isHEAD || !StoreUnderTest.isEmbedded
                if answers.take(isLast ? reference.last : reference.inBetween) {
                    answered += 1
                } else if !mayBeHandedOn || !answers.takeHandedOn() {
                    wrong.append("\(reference.request): \(String(decoding: answers.rest.prefix(600), as: UTF8.self))")
                    break
                }
            }
            if wrong.isEmpty, !answers.rest.isEmpty { wrong.append("There is more: \(pipeline.map(\.request))") }
            sent += pipeline.count
        }
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
        #expect(answered > sent / 2)
        return sent
    }

    private static func compareLive(
        _ references: [Reference], _ port: Int, count: Int, seed: Int
    ) async throws -> Int {
        var random = SeededGenerator(seed: seed)
        var (sent, wrong) = (0, [String]())
        while sent < count, wrong.count < 5 {
            let pipeline = pipeline(references, &random)
            var answers = try await answer(parts(pipeline, &random), port)
            for (index, reference) in pipeline.enumerated() {
                let expected = index == pipeline.count - 1 ? reference.last : reference.inBetween
                if !answers.take(expected) {
                    wrong.append("\(reference.request): \(String(decoding: answers.rest.prefix(600), as: UTF8.self))")
                    break
                }
            }
            if wrong.isEmpty, !answers.rest.isEmpty { wrong.append("There is more: \(pipeline.map(\.request))") }
            sent += pipeline.count
        }
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
        return sent
    }
}
