/// The parameters of an OAuth request: a body of `application/x-www-form-urlencoded`, read strictly on its bytes.
///
/// By RFC 6749, section 3.2, a parameter without a value counts as left out, one that is not known is ignored, and none
/// may be given twice.
struct FormBody {
    /// Why bytes are no such body.
    enum Fault: Error, CaseIterable {
        case tooManyParameters
        case unreadable
        case repeated

        /// A sentence for whoever sent it. It repeats nothing of the body, which may be a secret.
        var text: String {
            switch self {
            case .tooManyParameters: "The body has more than \(FormBody.limit) parameters."
            case .unreadable: "The body is not application/x-www-form-urlencoded in UTF-8."
            case .repeated: "A parameter is given more than once."
            }
        }
    }

    /// The most parameters.
    static let limit = 100

    /// By the bytes of their names: texts that Swift calls equal may be written differently.
    private var values: [[UInt8]: String] = [:]

    /// No parameters.
    init() {}

    /// Reads `name=value&name=value`.
    ///
    /// - Throws: a ``Fault`` for more than 100 parameters, one that is given twice or has no name or no `=`, a `%` without
    ///   two hexadecimal digits, and what is not UTF-8 or holds a control character.
    init(_ bytes: [UInt8]) throws(Fault) {
        if bytes.isEmpty { return }
        let parts = bytes.split(separator: UInt8(ascii: "&"), maxSplits: Self.limit, omittingEmptySubsequences: false)
        guard parts.count <= Self.limit else { throw .tooManyParameters }
        for part in parts {
            guard let separator = part.firstIndex(of: UInt8(ascii: "=")), separator > part.startIndex,
                let name = Query.decode(part[..<separator]), let value = Query.decode(part[(separator + 1)...])
            else { throw .unreadable }
            guard values.updateValue(value, forKey: Array(name.utf8)) == nil else { throw .repeated }
        }
    }

    /// The value of a parameter; nil when it is absent or empty.
    subscript(name: String) -> String? {
        guard let value = values[Array(name.utf8)], !value.isEmpty else { return nil }
        return value
    }
}
