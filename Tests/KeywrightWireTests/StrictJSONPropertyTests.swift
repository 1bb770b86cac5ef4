import Foundation
import KeywrightWire
import Testing

@Suite("Any bytes")
struct StrictJSONPropertyTests {
    @Test("never trap the parser, and mean the same to Foundation when they are taken", arguments: 0..<300)
    func mutations(_ seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var bytes = Array((samples.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                mutate(&bytes, &random)
            }
            try compare(bytes)
        }
    }

    @Test("made of JSON's own marks never trap the parser", arguments: 0..<100)
    func marks(_ seed: Int) throws {
        var random = SeededGenerator(seed: seed &+ 1_000_000)
        for _ in 0..<400 {
            let count = Int.random(in: 0...12, using: &random)
            try compare((0..<count).flatMap { _ in Array((tokens.randomElement(using: &random) ?? "").utf8) })
        }
    }

    @Test("that are JSON never trap a decoder, which names what is wrong", arguments: 0..<100)
    func decoders(_ seed: Int) throws {
        var random = SeededGenerator(seed: seed &+ 2_000_000)
        for _ in 0..<200 {
            let value = randomValue(depth: 4, &random)
            for decode in requestDecoders {
                do {
                    try decode(value)
                } catch let error as WireErrors {
                    #expect((1...WireErrors.limit).contains(error.errors.count))
                }
            }
        }
    }

    private func randomValue(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        let count = Int.random(in: 0...6, using: &random)
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .integer([0, 1, -1, .max, .min, 1 << 53].randomElement(using: &random) ?? 0)
        case 3: return .number(1.5)
        case 4, 5: return .string(["", "1", "x", "2026-01-01T00:00:00Z"].randomElement(using: &random) ?? "")
        case 6: return .array((0..<count).map { _ in randomValue(depth: depth - 1, &random) })
        default:
            let names = memberNames.shuffled(using: &random).prefix(count)
            return .object(JSONObject(names.map { .init($0, randomValue(depth: depth - 1, &random)) }))
        }
    }

    private func compare(_ bytes: [UInt8]) throws {
        guard let value = try? StrictJSON.parse(bytes) else { return }
        let other = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        #expect(agrees(value, other), "seen: \(bytes)")
        let written = try WireJSON.encode(value)
        #expect(try StrictJSON.parse(written) == value, "seen: \(bytes)")
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 0...3, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.removeSubrange(place..<end)
        case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 2: bytes.insert(contentsOf: Array((tokens.randomElement(using: &random) ?? "").utf8), at: place)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        default:
            if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
        }
    }
}

private let samples = [
    #"{"name":"ci-main","grants":[{"nrn":"organization=1:account=2","role_slug":"admin"}],"#
        + #""tags":[{"key":"CI","value":"main"}],"internal":false,"enabled":true,"expires_at":null}"#,
    #"{"api_key":"a","n":-12.5e+3,"big":9223372036854775807,"bigger":9223372036854775808,"é":"e\u0301"}"#,
    #"[1,0,-0,0.5,1e2,1E-2,true,false,null,"",{},[],[[[]]],"\ud83d\ude00","\"\\\/\b\f\n\r\t","日本語🗝️"]"#,
    #"{"a":{"b":{"c":[1,2,3,{"d":"e"}]}},"f":123456789012345678}"#, "  [ 1 , 2 ]\r\n", "-0.0", "\"x\"",
]

private let memberNames = [
    "name", "grants", "tags", "internal", "enabled", "expires_at", "nrn", "role_slug", "role_id", "actions", "inherits",
    "add", "remove", "key", "value", "api_key", "apiKey", "refresh_token", "organization_id", "user_id", "slug",
    "level",
    "can_assign_roles", "user_type", "description", "email", "first_name", "avatar", "status", "account_id", "other",
]

private let requestDecoders: [@Sendable (JSONValue) throws -> Void] = [
    { _ = try CreateAPIKeyRequest.decode($0) },
    { _ = try UpdateAPIKeyRequest.decode($0) },
    { _ = try GrantRequest.decode($0) },
    { _ = try TokenRequest.decode($0) },
    { _ = try LoginRequest.decode($0) },
    { _ = try UserGrantRequest.decode($0) },
    { _ = try UserGrantItemRequest.decodeList($0) },
    { _ = try CreateRoleRequest.decode($0) },
    { _ = try UpdateRoleRequest.decode($0) },
    { _ = try CreateUserRequest.decode($0) },
    { _ = try UpdateUserRequest.decode($0) },
    { _ = try SetUserStatusRequest.decode($0) },
    { _ = try CreateResourceRequest.decode($0, as: .namespace) },
    { _ = try UpdateResourceRequest.decode($0, as: .scope) },
]

private let tokens = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\udc00", "\\u0000", "\"a\"", "\"\":", "null", "true",
    "false", "0", "-", "1", "9", ".", "e", "E+", " ", "\n", "\u{FEFF}", "/", "é", "\u{1}", "\u{0}",
    "99999999999999999999",
]

/// Whether Foundation read the same value, but for two faults of its own: it drops U+FEFF from strings and rounds
/// numbers of many digits twice.
private func agrees(_ value: JSONValue, _ other: Any) -> Bool {
    switch value {
    case .null: return other is NSNull
    case .bool(let bool): return (other as? Bool) == bool
    case .integer(let integer): return (other as? NSNumber)?.int64Value == integer
    case .number(let number):
        return (other as? NSNumber).map { abs($0.doubleValue - number) <= abs(number) * 1e-14 } ?? false
    case .string(let text): return (other as? String).map(withoutMarks) == withoutMarks(text)
    case .array(let elements):
        guard let others = other as? [Any], others.count == elements.count else { return false }
        return zip(elements, others).allSatisfy { agrees($0, $1) }
    case .object(let object):
        guard let dictionary = other as? [String: Any] else { return false }
        let names = object.members.map { text(withoutMarks($0.name)) }
        // A dictionary keeps one of two names that are canonically equivalent.
        guard Set(names).count == object.members.count else { return true }
        let others = dictionary.reduce(into: [:]) { $0[text(withoutMarks($1.key))] = $1.value }
        return others.count == object.members.count
            && zip(names, object.members).allSatisfy { name, member in
                others[name].map { agrees(member.value, $0) } ?? false
            }
    }
}

private func withoutMarks(_ text: String) -> [UInt8] {
    Array(text.unicodeScalars.filter { $0 != "\u{FEFF}" }.flatMap { Array(String($0).utf8) })
}

private func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
}
