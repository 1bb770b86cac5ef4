/// Texts of three characters (Unicode scalars), by which names are found that hold a part.
enum Trigrams {
    /// So many are enough to narrow any search; the name itself is compared afterwards.
    private static let limit = 12

    /// Every trigram of a text; none when it is shorter.
    static func all(of text: String) -> Set<[Unicode.Scalar]> {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count >= 3 else { return [] }
        return Set((0...(scalars.count - 3)).map { Array(scalars[$0..<($0 + 3)]) })
    }

    /// The trigrams of which a text consists, or some of them spread over it. Those that only overlap others would lead
    /// to hardly fewer names.
    static func some(of text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        let last = max(scalars.count - 3, 0)
        return (Array(stride(from: 0, to: last, by: max(3, last / limit + 1))) + [last]).map { start in
            String(String.UnicodeScalarView(scalars[start..<min(start + 3, scalars.count)]))
        }
    }
}
