import KeywrightDomain
import Testing

@Suite("Key format")
struct KeyFormatTests {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    private func key(seed: Int, prefix: String = "kw") throws -> NewKey {
        var random = SeededGenerator(seed: seed)
        return try KeyFormat(prefix: prefix).generate(using: &random)
    }

    private func parses(_ text: String) throws -> Bool {
        try KeyFormat().parse(Array(text.utf8)) != nil
    }

    /// A key of these parts with the checksum that belongs to them, made without the code under test.
    private func assembled(_ prefix: String, _ handle: String, _ secret: String, separator: String = "_") -> String {
        let body = "\(prefix)_\(handle)\(separator)\(secret)"
        return body + ReferenceChecksum.base62(of: Array(body.utf8))
    }

    @Test("a new key is one line of 54 characters that a scanner finds, and reads back", arguments: 0..<200)
    func roundTrip(seed: Int) throws {
        let format = try KeyFormat()
        let new = try key(seed: seed)
        let text = new.value.reveal()
        #expect(text.utf8.count == 54)
        #expect(format.length == 54)
        let scanner = try Regex(#"\bkw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}\b"#).wordBoundaryKind(.simple)
        #expect(text.wholeMatch(of: scanner) != nil)
        for line in ["KEY=\(text)", "{\"api_key\":\"\(text)\"}", "Bearer \(text)\n", "https://host/?k=\(text)&x=1"] {
            #expect(line.firstMatch(of: scanner).map { line[$0.range] } == Substring(text))
        }
        let parts = try #require(format.parse(Array(text.utf8)))
        #expect(parts.handle == new.parts.handle)
        #expect(parts.secret == new.parts.secret)
        #expect(parts.handleText == String(text.dropFirst(3).prefix(12)))
        #expect(parts.secret == Array(text.dropFirst(16).prefix(32).utf8))
        #expect(new.ending == String(text.suffix(4)))
        #expect(text.hasSuffix(ReferenceChecksum.base62(of: Array(text.dropLast(6).utf8))))
    }

    @Test("the checksum is the CRC-32 of zlib")
    func checksumVectors() {
        #expect(ReferenceChecksum.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(ReferenceChecksum.crc32([]) == 0)
        #expect(ReferenceChecksum.crc32(Array("The quick brown fox jumps over the lazy dog".utf8)) == 0x414F_A339)
        #expect(ReferenceChecksum.base62(of: Array("123456789".utf8)).count == 6)
    }

    @Test(
        "keys that were given out once stay valid",
        arguments: [
            ("kw", "000000000000", "00000000000000000000000000000000", "1bns3q"),
            ("kw", "Ab3dEf6hIj9l", "ZyXwVuTsRqPoNmLkJiHgFeDcBa987654", "0by7Sj"),
            ("acme1", "zzzzzzzzzzzz", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "00thYf"),
        ])
    func known(_ prefix: String, _ handle: String, _ secret: String, _ checksum: String) throws {
        let text = "\(prefix)_\(handle)_\(secret)\(checksum)"
        let parts = try #require(try KeyFormat(prefix: prefix).parse(Array(text.utf8)))
        #expect(parts.handleText == handle)
        #expect(parts.secret == Array(secret.utf8))
        #expect(assembled(prefix, handle, secret) == text)
    }

    @Test("every change of a single character is refused", arguments: 0..<8)
    func singleChanges(seed: Int) throws {
        let format = try KeyFormat()
        var bytes = try key(seed: seed).value.bytes
        var accepted: [String] = []
        for index in bytes.indices {
            let kept = bytes[index]
            for byte in Self.alphabet + Array("_-+/=. \n\0\u{7F}é".utf8) where byte != kept {
                bytes[index] = byte
                if format.parse(bytes) != nil { accepted.append("\(byte) at \(index)") }
            }
            bytes[index] = kept
        }
        #expect(accepted == [])
        #expect(format.parse(bytes) != nil)
    }

    @Test("every exchange of two different characters is refused", arguments: 0..<12)
    func transpositions(seed: Int) throws {
        let format = try KeyFormat()
        var bytes = try key(seed: seed).value.bytes
        var accepted: [String] = []
        for a in bytes.indices {
            for b in (a + 1)..<max(bytes.count, a + 1) where bytes[a] != bytes[b] {
                bytes.swapAt(a, b)
                if format.parse(bytes) != nil { accepted.append("\(a) and \(b)") }
                bytes.swapAt(a, b)
            }
        }
        #expect(accepted == [])
        #expect(format.parse(bytes) != nil)
    }

    @Test("no lower-cased, padded, decoded, cut or lengthened variant is accepted", arguments: 0..<20)
    func variants(seed: Int) throws {
        let text = try key(seed: seed).value.reveal()
        let padding = [
            "", " ", "\n", "\r\n", "\t", "\0", "\u{A0}", "\u{FEFF}", "\u{200B}", "\u{301}", "\"", "'", "0", "=",
        ]
        for before in padding {
            for after in padding where before + after != "" {
                #expect(try !parses(before + text + after))
            }
        }
        let variants = [
            text.lowercased(), text.uppercased(), text.replacing("_", with: "%5F"), text.replacing("_", with: "-"),
            text.replacing("_", with: ""), text.replacing("k", with: "%6B"), "Bearer \(text)", "\(text),\(text)",
            text + text, String(text.reversed()), String(text.dropFirst()), text.replacing("kw_", with: "KW_"),
            text.replacing("kw_", with: "kx_"), text.replacing("kw_", with: "_kw"), text.replacing("kw_", with: "kw:"),
            text.replacing("kw_", with: "\u{212A}w_"), text.replacing("w", with: "\u{FF57}"),
        ]
        for variant in variants where variant != text { #expect(try !parses(variant)) }
        for count in 0..<54 { #expect(try !parses(String(text.prefix(count)))) }
    }

    @Test("a right checksum does not make up for wrong characters or a separator elsewhere")
    func checksumAlone() throws {
        let (handle, secret) = (String(repeating: "a", count: 12), String(repeating: "b", count: 32))
        #expect(try parses(assembled("kw", handle, secret)))
        for wrong in ["-", "_", "+", "/", " ", "\n", "\0", "%", "~", "@", "`", "[", "{", ":"] {
            #expect(try !parses(assembled("kw", wrong + handle.dropFirst(), secret)))
            #expect(try !parses(assembled("kw", handle, secret.dropLast() + wrong)))
            if wrong != "_" { #expect(try !parses(assembled("kw", handle, secret, separator: wrong))) }
        }
        #expect(try !parses(assembled("kw", handle.dropLast() + "", secret + "b")))
        #expect(try !parses(assembled("kw", handle + "a", secret.dropLast() + "")))
        #expect(try !parses(assembled("kx", handle, secret)))
        #expect(try !parses(assembled("kw", handle, secret + "b")))
        #expect(try !parses(assembled("kw", handle, secret.dropLast() + "")))
        #expect(try !parses(assembled("kw", handle + "a", secret)))
        #expect(try !parses(assembled("kw", handle.dropLast() + "é", secret)))
    }

    @Test("of a key in a text only what is public is left, and it is still found", arguments: 0..<50)
    func hiding(seed: Int) throws {
        let format = try KeyFormat()
        let (text, other) = (try key(seed: seed).value.reveal(), try key(seed: seed + 50).value.reveal())
        let (shown, otherShown) = ("\(text.prefix(16))X…", "\(other.prefix(16))X…")
        for (before, after) in [
            (text, shown), ("é\(text)", "é\(shown)"), ("a \(text), b", "a \(shown), b"),
            (String(text.prefix(17)), shown), ("kw_\(text)-\(other)", "kw_\(shown)-\(otherShown)"),
            ("\(text)\(other)", "\(shown)\(otherShown)"), ("\(text)0aZ ", "\(shown) "), (shown, shown),
        ] {
            #expect(format.hidingSecrets(in: before) == after)
            #expect(format.mayHoldKey(after))
        }
        for plain in ["", "kw_", "deploy é…", String(text.prefix(16)), format.mask(handle: "aB3", ending: "Q7fA")] {
            #expect(format.hidingSecrets(in: plain) == plain)
        }
    }

    @Test("a key of one installation is none of another's", arguments: ["kx", "kw1", "acme", "k2", "abcdefghijkl"])
    func prefixes(_ prefix: String) throws {
        let format = try KeyFormat(prefix: prefix)
        let own = try key(seed: 1, prefix: prefix).value
        #expect(format.length == 52 + prefix.utf8.count)
        #expect(own.bytes.count == format.length)
        #expect(format.parse(own.bytes) != nil)
        #expect(try KeyFormat().parse(own.bytes) == nil)
        #expect(format.parse(try key(seed: 1).value.bytes) == nil)
    }

    @Test(
        "a prefix that would not be one word of lower-case ASCII is refused",
        arguments: [
            "", "k", "Kw", "kW", "1k", "_k", "k_w", "k-w", "kw_", " kw", "kw ", "kw\n", "kw\0", "kẃ", "kw\u{301}",
            "\u{FF4B}w",
            "abcdefghijklm",
        ])
    func badPrefixes(_ prefix: String) throws {
        #expect(try refusal { try KeyFormat(prefix: prefix) }.code == .invalid)
    }

    @Test("digits are drawn evenly", arguments: 0..<4)
    func evenDigits(seed: Int) throws {
        let format = try KeyFormat()
        var random = SeededGenerator(seed: seed)
        var counts = [Int](repeating: 0, count: 256)
        let keys = 2_000
        for _ in 0..<keys {
            let parts = format.generate(using: &random).parts
            for byte in parts.handle { counts[Int(byte)] += 1 }
            for byte in parts.secret { counts[Int(byte)] += 1 }
        }
        let expected = Double(keys * 44) / 62
        let chiSquare = Self.alphabet.reduce(0.0) { sum, byte in
            let difference = Double(counts[Int(byte)]) - expected
            return sum + difference * difference / expected
        }
        // 61 degrees of freedom: 1 in 1,000 lies above 100.9, 1 in 1,000 below 30.
        #expect(chiSquare < 100.9)
        #expect(chiSquare > 30)
        #expect(Self.alphabet.reduce(0) { $0 + counts[Int($1)] } == keys * 44)
    }

    @Test("random bytes from 248 on are thrown away, the others taken modulo 62")
    func rejection() throws {
        var random = RepeatedWord(word: 0xF8FF_F93E_F73D_0001)
        let parts = try KeyFormat().generate(using: &random).parts
        #expect(parts.handleText == "10zz010zz010")
        #expect(String(decoding: parts.secret.prefix(5), as: UTF8.self) == "10zz0")
    }

    private struct RepeatedWord: RandomNumberGenerator {
        let word: UInt64
        mutating func next() -> UInt64 { word }
    }

    @Test("keys do not repeat")
    func distinct() throws {
        let format = try KeyFormat()
        var random = SeededGenerator(seed: 1)
        let keys = (0..<1_000).map { _ in format.generate(using: &random).value.reveal() }
        #expect(Set(keys).count == keys.count)
        #expect(Set(keys.map { $0.dropFirst(3).prefix(12) }).count == keys.count)
    }

    @Test("the mask shows prefix, handle and four characters of the checksum, none of the secret")
    func mask() throws {
        let new = try key(seed: 7)
        let text = new.value.reveal()
        let mask = try KeyFormat().mask(handle: new.parts.handleText, ending: new.ending)
        #expect(mask == "kw_\(text.dropFirst(3).prefix(12))_…\(text.suffix(4))")
        #expect(try !parses(mask))
        #expect(try KeyFormat(prefix: "acme").mask(handle: "h", ending: "e") == "acme_h_…e")
    }

    @Test("text that may hold a key, even a damaged one and anywhere, is recognised")
    func mayHoldKey() throws {
        let format = try KeyFormat()
        let new = try key(seed: 3)
        let text = new.value.reveal()
        for suspicious in [
            text, text + "x", text + "\n", String(text.dropLast()), String(text.prefix(20)), text.lowercased(),
            "key=" + text, "  " + text, "kw_" + text, "kkw_" + text, "kw_ ci " + text.prefix(17),
            "\u{65E5}" + text + "é",
        ] {
            #expect(format.mayHoldKey(suspicious))
            #expect(format.mayHoldKey(Substring(suspicious)))
        }
        for harmless in [
            "", "k", "kw_", "kw", "kw_short", "ci-main", String(text.prefix(15)), String(text.prefix(16)),
            "kx_" + text.dropFirst(3), "kwx", format.mask(handle: new.parts.handleText, ending: new.ending),
            "kw_an-ordinary-_name", String(text.dropFirst(3)),
        ] {
            #expect(!format.mayHoldKey(harmless))
        }
    }
}
