import KeywrightWire
import Testing

/// A JSON text as the strict parser reads it.
func json(_ text: String) throws -> JSONValue {
    try StrictJSON.parse(text.utf8)
}

/// What a value is written as.
func text(_ value: some Encodable) throws -> String {
    String(decoding: try WireJSON.encode(value), as: UTF8.self)
}

/// The pointers of everything that is wrong with a body; empty when it is taken.
func wrongFields<Request: WireRequest>(_ type: Request.Type, _ body: String) throws -> [String] {
    do throws(WireErrors) {
        _ = try Request.decode(try parsed(body))
        return []
    } catch {
        #expect(error.errors.allSatisfy { $0.message.hasSuffix(".") && $0.message.count > 10 })
        return error.errors.map(\.pointer)
    }
}

/// Checks that what a client writes is what the server reads.
func expectRoundTrip<Request: WireRequest>(_ request: Request, _ expected: String) throws {
    #expect(try text(request) == expected)
    #expect(try Request.decode(try json(expected)) == request)
}

private func parsed(_ body: String) throws(WireErrors) -> JSONValue {
    do throws(JSONSyntaxError) {
        return try StrictJSON.parse(body.utf8)
    } catch {
        throw WireErrors(error)
    }
}

/// A small generator whose numbers depend on the seed alone (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) {
        state = UInt64(truncatingIfNeeded: seed)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
