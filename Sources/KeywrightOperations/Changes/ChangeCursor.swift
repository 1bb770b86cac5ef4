import KeywrightDomain
import KeywrightStore

/// A place in the change log as callers carry it: which history of the data, and up to which number it was read.
///
/// A history ends when a backup is put back: its numbers are given again then, to other changes.
struct ChangeCursor: Equatable {
    private static let setting = ChangeLogBounds.historySetting

    let history: String
    let sequence: Int64
    /// While the revoked tokens are being listed: the number of the last one.
    var token: Int64?

    /// The name of the history that the data belongs to.
    static func history(in transaction: any ReadTransaction) throws -> String {
        String(decoding: try transaction.setting(setting) ?? [], as: UTF8.self)
    }

    /// Begins a new history.
    static func beginHistory(_ random: RandomSource, in transaction: any WriteTransaction) throws {
        let name = random.bytes(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try transaction.set(setting, Array(name.utf8))
    }

    /// Whether a history has begun.
    static func hasHistory(in transaction: any ReadTransaction) throws -> Bool {
        try transaction.setting(setting) != nil
    }

    var text: String { ([history, String(sequence)] + (token.map { [String($0)] } ?? [])).joined(separator: "-") }

    init(history: String, sequence: Int64, token: Int64? = nil) {
        self.history = history
        self.sequence = sequence
        self.token = token
    }

    /// Nil for a text that ``text`` would never be.
    init?(parsing text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts[0].count == 16, parts[0].allSatisfy(Self.isHexadecimalDigit),
            let sequence = Self.number(parts[1])
        else { return nil }
        if parts.count == 3 {
            guard let token = Self.number(parts[2]) else { return nil }
            self.token = token
        }
        history = String(decoding: parts[0], as: UTF8.self)
        self.sequence = sequence
    }

    private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func number(_ digits: Substring.UTF8View) -> Int64? {
        guard (1...19).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(Substring(digits))
    }
}
