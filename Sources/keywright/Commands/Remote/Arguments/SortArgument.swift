import ArgumentParser

/// What a list of API keys is sorted by.
enum SortArgument {
    /// All that a shell may offer.
    static let completions = ["name", "created_at", "last_used_at"].flatMap { ["\($0):asc", "\($0):desc"] }

    /// Reads `FIELD` or `FIELD:asc|desc`; alone, names go up and times go down.
    static func parse(_ text: String) throws -> String {
        let whole = text.utf8.contains(UInt8(ascii: ":")) ? text : text + (text == "name" ? ":asc" : ":desc")
        guard completions.contains(whole) else {
            throw ValidationError("sort by name, created_at or last_used_at, with :asc or :desc")
        }
        return whole
    }
}
