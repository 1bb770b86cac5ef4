import KeywrightDomain

extension NRN.Level {
    /// As the name of a thing: "Account".
    var title: String { name.prefix(1).uppercased() + name.dropFirst() }

    /// More than one of them: "accounts".
    var plural: String { "\(name)s" }
}

extension Int {
    /// How many there are of something: "1 key", "12 keys".
    ///
    /// - Parameter plural: nil for the word with an s.
    func of(_ one: String, _ plural: String? = nil) -> String { "\(grouped) \(self == 1 ? one : plural ?? "\(one)s")" }
}

extension [String] {
    /// Names on the way to a resource, as in "Example › main › payments"; empty for one alone, which is its own name.
    var way: String { count > 1 ? joined(separator: " › ") : "" }
}
