/// Request ids: 64 random bits of the series' own, and numbers from a random start.
///
/// They must differ from all others, not be hard to guess; drawing each anew asks the system for randomness twice, so a
/// busy connection keeps a series.
struct RequestIDs {
    private let series = UInt64.random(in: .min ... .max)
    private var number = UInt64.random(in: .min ... .max)

    /// One for which no series is kept.
    static func single() -> String {
        var ids = RequestIDs()
        return ids.next()
    }

    /// The next one: 32 hexadecimal digits.
    mutating func next() -> String {
        number &+= 1
        let words = (series, number)
        return String(unsafeUninitializedCapacity: 32) { digits in
            for index in 0..<32 {
                let word = index < 16 ? words.0 : words.1
                let value = UInt8(truncatingIfNeeded: word >> UInt64((15 - index % 16) * 4) & 15)
                digits[index] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
            }
            return 32
        }
    }
}
