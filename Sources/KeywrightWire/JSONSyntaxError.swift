/// Why some bytes are not the JSON that Keywright accepts, and where.
///
/// The text never repeats the input: a body that fails to parse may hold a secret.
public struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: String, CaseIterable, Sendable {
        case empty = "it is empty"
        case byteOrderMark = "it starts with a byte order mark"
        case unexpectedEnd = "it ends too early"
        case expectedValue = "a value is expected"
        case expectedName = "a member name in double quotes is expected"
        case expectedColon = "a colon is expected after a member name"
        case expectedCommaOrBrace = "a comma or a closing brace is expected"
        case expectedCommaOrBracket = "a comma or a closing bracket is expected"
        case trailingComma = "a comma stands before a closing brace or bracket"
        case comment = "comments are not part of JSON"
        case invalidLiteral = "only true, false and null may stand without quotes"
        case invalidNumber = "a number is not complete"
        case leadingZero = "a number has a leading zero"
        case numberOutOfRange = "a number is too large or too long"
        case controlCharacter = "a string holds a control character that is not escaped"
        case invalidEscape = "a string holds an unknown escape sequence"
        case loneSurrogate = "a string holds half of a surrogate pair"
        case nullCharacter = "a string holds the character U+0000"
        case invalidUTF8 = "a string is not valid UTF-8"
        case duplicateName = "an object has two members of one name"
        case tooDeep = "values are nested too deeply"
        case tooManyMembers = "there are too many members and elements"
        case trailingContent = "something follows after the value"
    }

    /// What is wrong.
    public let reason: Reason
    /// How many bytes come before the place where it was noticed.
    public let offset: Int

    /// A failure at a place.
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// A sentence fit for any caller.
    public var message: String { "The body is not valid JSON: \(reason.rawValue) (at byte \(offset))." }

    /// The sentence of ``message``.
    public var description: String { message }
}
