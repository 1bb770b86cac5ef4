/// Makes text from elsewhere safe to print.
enum TerminalText {
    /// Text on one line: characters that move the cursor, start escape sequences, turn the direction of writing or
    /// cannot be seen become `\u{1B}` and the like.
    static func escaping(_ text: some StringProtocol) -> String {
        escape(text, with: { "\\u{\(hexadecimal($0.value))}" })
    }

    /// As ``escaping(_:)``, but keeps line feeds.
    static func escapingLines(_ text: String) -> String {
        escape(text, except: "\n", with: { "\\u{\(hexadecimal($0.value))}" })
    }

    /// JSON text that means the same and holds no such character.
    static func escapingJSON(_ text: String) -> String {
        escape(text) { scalar in
            UTF16.encode(scalar)?.map { "\\u" + padded(hexadecimal(UInt32($0))) }.joined() ?? ""
        }
    }

    /// Replaces what looks like an API key or an access token, which people paste into the wrong place.
    static func redacting(_ text: String) -> String {
        text.replacing(/\b[a-z][a-z0-9]{1,11}_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}\b/, with: "<redacted>")
            .replacing(/\beyJ[\w\-]{8,}\.[\w\-]{8,}\.[\w\-]{8,}/, with: "<redacted>")
    }

    private static func escape(
        _ text: some StringProtocol, except kept: Unicode.Scalar? = nil, with replacement: (Unicode.Scalar) -> String
    ) -> String {
        guard text.unicodeScalars.contains(where: { isUnsafe($0) && $0 != kept }) else { return String(text) }
        var result = ""
        for scalar in text.unicodeScalars {
            if isUnsafe(scalar), scalar != kept {
                result += replacement(scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The zero-width joiners are left alone: scripts and emoji need them.
    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0x200C, 0x200D: false
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }

    private static func hexadecimal(_ number: UInt32) -> String {
        String(number, radix: 16, uppercase: true)
    }

    private static func padded(_ digits: String) -> String {
        String(repeating: "0", count: max(4 - digits.utf8.count, 0)) + digits
    }
}
