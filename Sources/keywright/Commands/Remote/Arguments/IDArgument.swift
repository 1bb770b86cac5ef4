import ArgumentParser

/// An id on the command line.
enum IDArgument {
    /// Reads a positive number as the server writes it; `+5` and `007` are not ids.
    static func parse(_ text: String) throws -> Int64 {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, (0x31...0x39).contains(first), bytes.allSatisfy({ (0x30...0x39).contains($0) }),
            let id = Int64(text)
        else { throw ValidationError("an id is a positive number, as in 17") }
        return id
    }
}
