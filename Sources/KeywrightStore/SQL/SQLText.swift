import KeywrightDomain

/// What every engine demands of a text.
enum SQLText {
    /// - Throws: `.invalid` for a text with a NUL: not every engine can hold it, so none does.
    static func check(_ text: String) throws {
        var text = text
        guard text.withUTF8({ $0.contains(0) }) else { return }
        throw DomainError(.invalid, "Text must not hold the character NUL.")
    }
}
