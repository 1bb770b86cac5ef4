import KeywrightDomain
import Testing

@Suite("Handles of fixed size")
struct KeyHandleTests {
    @Test("a handle is its text and nothing else", arguments: 0..<50)
    func roundTrip(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let format = try KeyFormat()
        let (one, other) = (format.generate(using: &random), format.generate(using: &random))
        let handle = try #require(KeyHandle(one.parts.handleText))
        #expect(handle.description == one.parts.handleText)
        #expect(format.handle(in: one.value.bytes.span) == handle)
        #expect(Array(one.value.bytes[format.secretRange]) == one.parts.secret)
        #expect(handle != KeyHandle(other.parts.handleText))
        var bytes: [UInt8] = []
        handle.forEachByte { bytes.append($0) }
        #expect(bytes == one.parts.handle)
    }

    @Test("each character counts", arguments: 0..<12)
    func everyCharacter(_ index: Int) throws {
        var characters = Array("0aZ9bY8cX7dW")
        let handle = try #require(KeyHandle(String(characters)))
        characters[index] = characters[index] == "1" ? "2" : "1"
        #expect(KeyHandle(String(characters)) != handle)
    }

    @Test(
        "what is no handle makes none",
        arguments: ["", "0aZ9bY8cX7d", "0aZ9bY8cX7dWx", "0aZ9bY8cX7d_", "0aZ9bY8-X7dW", "é0aZ9bY8cX7", "0aZ9bY8cX7d "]
    )
    func noHandle(_ text: String) {
        #expect(KeyHandle(text) == nil)
    }
}
