import KeywrightDomain
import Testing

@Suite("Secrets")
struct SecretTests {
    private static let value = "correct-horse-battery-staple"
    private let secret = Secret(value)

    /// Everything that prints a value without being asked to reveal it.
    private func prints(_ value: some Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        var printed = ""
        print(value, to: &printed)
        debugPrint(value, to: &printed)
        return [
            "\(value)", String(describing: value), String(reflecting: value), dumped, printed, "\([value])",
            "\(["key": value])", "\(Optional(value) as Any)", "\((value, 1))", "\(Mirror(reflecting: value))",
            "\(Mirror(reflecting: value).children.map { "\($0)" })", "\(Holder(content: value))",
        ]
    }

    private struct Holder<Content> {
        let content: Content
    }

    @Test("no way of printing shows it")
    func redacted() {
        #expect(secret.description == "<redacted>")
        #expect(secret.debugDescription == "<redacted>")
        #expect("\(secret)" == "<redacted>")
        #expect(Mirror(reflecting: secret).children.isEmpty)
        for text in prints(secret) + prints([secret, secret]) + prints(Holder(content: secret)) {
            #expect(!text.contains("horse"))
        }
    }

    @Test("it gives its value only when asked")
    func reveals() {
        #expect(secret.reveal() == Self.value)
        #expect(secret.bytes == Array(Self.value.utf8))
        #expect(Secret("").bytes.isEmpty)
    }

    @Test("it cannot be encoded, hashed or compared by accident")
    func conformances() {
        let any: Any = secret
        #expect(!(any is any Encodable))
        #expect(!(any is any Decodable))
        #expect(!(any is any Equatable))
        #expect(!(any is any LosslessStringConvertible))
        #expect(!(any is any TextOutputStreamable))
    }

    @Test("a new key and its parts print no secret", arguments: 0..<20)
    func keys(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let new = try KeyFormat().generate(using: &random)
        let secret = String(decoding: new.parts.secret, as: UTF8.self)
        let parsed = try #require(try KeyFormat().parse(new.value.bytes))
        for text in prints(new) + prints(new.parts) + prints(parsed) {
            #expect(!text.contains(secret.prefix(6)))
            #expect(!text.contains("\(new.parts.secret.prefix(4).map(Int.init))".dropLast()))
        }
        #expect("\(new.parts)" == new.parts.handleText)
    }

    @Test(
        "secrets are equal when their bytes are, not when their characters look alike",
        arguments: [
            ("", "", true), ("a", "a", true), ("a", "b", false), ("a", "aa", false), ("", "a", false),
            ("a", "A", false),
            ("a\0", "a", false), ("a\0b", "a\0c", false), ("\u{E9}", "e\u{301}", false), ("\u{E9}", "\u{E9}", true),
            (value, value, true), (value, value + " ", false),
        ])
    func equality(_ a: String, _ b: String, _ equal: Bool) {
        #expect(Secret(a).equals(Secret(b)) == equal)
        #expect(Secret(b).equals(Secret(a)) == equal)
        #expect(ConstantTime.equal(Array(a.utf8), Array(b.utf8)) == equal)
    }

    @Test("a difference in any single bit is found", arguments: [1, 2, 31, 32, 33, 64])
    func singleBits(_ count: Int) {
        var random = SeededGenerator(seed: count)
        let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        #expect(ConstantTime.equal(bytes, bytes))
        for index in bytes.indices {
            for bit in 0..<8 {
                var other = bytes
                other[index] ^= 1 << bit
                #expect(!ConstantTime.equal(bytes, other))
                // Two differences that would cancel each other in a sum or an exclusive or.
                guard index > 0 else { continue }
                other[index - 1] ^= 1 << bit
                #expect(!ConstantTime.equal(bytes, other))
            }
        }
    }
}
