/// How much JSON is read before it is refused.
public struct JSONLimits: Hashable, Sendable {
    /// How many objects and arrays may stand inside each other; `[[]]` has depth 2. From 1 to 128.
    public let depth: Int
    /// How many members of objects and elements of arrays there may be in all.
    public let members: Int
    /// How many bytes one number may take.
    public let numberLengthInBytes: Int

    /// Limits; a depth outside 1 to 128 is moved to the nearer end, since each level takes some of the stack.
    public init(depth: Int = 16, members: Int = 2_000, numberLengthInBytes: Int = 128) {
        self.depth = min(max(depth, 1), 128)
        self.members = max(members, 0)
        self.numberLengthInBytes = max(numberLengthInBytes, 1)
    }

    /// Depth 16, 2,000 members, numbers of up to 128 bytes.
    public static let standard = JSONLimits()
}

/// The only door for JSON that a stranger sent.
///
/// Foundation's decoder takes the first of two members with one name, trailing commas, a byte order mark, `1e2` for an
/// integer and U+0000 in strings. Readers that disagree about such input are how checks get bypassed, so it is refused
/// here, before any decoder sees it. What passes is RFC 8259 with these rules on top: no member twice (compared by
/// bytes after unescaping), no U+0000, no lone surrogate, and ``JSONLimits``.
public enum StrictJSON {
    /// Reads exactly one JSON value, with blanks and line ends around it allowed.
    ///
    /// Takes time linear in the number of bytes and traps on no input. The number of bytes is the caller's to limit.
    ///
    /// - Throws: ``JSONSyntaxError`` for the first thing that is wrong.
    public static func parse<Bytes: Collection<UInt8>>(
        _ bytes: Bytes, limits: JSONLimits = .standard
    ) throws(JSONSyntaxError) -> JSONValue {
        if let result = bytes.withContiguousStorageIfAvailable({ read($0, limits) }) {
            return try result.get()
        }
        return try Array(bytes).withUnsafeBufferPointer { read($0, limits) }.get()
    }

    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits
    ) -> Result<JSONValue, JSONSyntaxError> {
        var parser = JSONParser(bytes, limits: limits)
        do throws(JSONSyntaxError) {
            return .success(try parser.document())
        } catch {
            return .failure(error)
        }
    }
}
