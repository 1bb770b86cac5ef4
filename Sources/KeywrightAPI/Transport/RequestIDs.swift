/// Request ids: 64 random bits of the series' own, and numbers from a random start.
///
/// They must differ from all others, not be hard to guess; drawing each anew asks the system for randomness twice, so a
/// busy connection keeps a series.
struct RequestIDs {
    private let series = UInt64.random(in: .min ... .max)
    private var number = UInt64.random(in: .min ... .max)

    /// One for which no series is kept.
    static func single() -> String { RequestIDs().text }

    /// Moves on to the next one.
    mutating func advance() { number &+= 1 }

    /// The present one: 32 hexadecimal digits.
    var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The digits of the present one.
    func append(to bytes: inout [UInt8]) {
        append(series, to: &bytes)
        append(number, to: &bytes)
    }

    private func append(_ word: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let value = UInt8(truncatingIfNeeded: word >> shift) & 15
            bytes.append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10)
        }
    }
}
