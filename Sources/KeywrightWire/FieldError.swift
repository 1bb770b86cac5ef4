/// One wrong field of a request.
public struct FieldError: Hashable, Sendable, Codable {
    /// A JSON pointer (RFC 6901) into the body, as in `/grants/0/nrn`; empty for the whole body.
    public let pointer: String
    /// A sentence that says what would be right.
    public let message: String

    /// A wrong field and what would be right.
    public init(pointer: String, message: String) {
        self.pointer = pointer
        self.message = message
    }

    private enum CodingKeys: String, CodingKey {
        case pointer
        case message
    }
}

/// Everything that is wrong with the shape of a request, in the order in which it was noticed.
public struct WireErrors: Error, Hashable, Sendable {
    /// The wrong fields; never empty, and at most ``limit``.
    public let errors: [FieldError]

    /// How many wrong fields are named; a small body must not buy a large answer.
    public static let limit = 100

    /// A failure with its fields.
    public init(_ errors: [FieldError]) {
        self.errors =
            errors.isEmpty
            ? [FieldError(pointer: "", message: "The body is not what this request takes.")]
            : Array(errors.prefix(Self.limit))
    }

    /// A body that is not JSON at all.
    public init(_ error: JSONSyntaxError) {
        self.init([FieldError(pointer: "", message: error.message)])
    }

    /// For a body that is an array: the position of the item that the first error is about.
    public var firstItemIndex: Int? {
        guard let token = errors.first?.pointer.split(separator: "/").first else { return nil }
        return Int(token)
    }
}

/// A place in a body: a pointer to an object or array, and the member or element in it.
struct FieldPlace {
    /// The pointer of what holds the value.
    let parent: String
    /// The name or index; nil for the whole body.
    let token: String?

    /// The JSON pointer (RFC 6901).
    var pointer: String {
        guard let token else { return parent }
        var text = parent
        text += "/"
        guard token.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
            text += token
            return text
        }
        for scalar in token.unicodeScalars {
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// The place as people write it: `grants[0].nrn`.
    var label: String {
        let tokens = pointer.split(separator: "/")
        guard !tokens.isEmpty else { return "The body" }
        return tokens.reduce(into: "") { label, token in
            if token.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                label += "[\(token)]"
            } else {
                label += label.isEmpty ? "\(token)" : ".\(token)"
            }
        }
    }
}
