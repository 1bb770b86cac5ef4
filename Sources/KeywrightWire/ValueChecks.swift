/// What a text in a request stands for.
public enum ValueKind: Sendable, CaseIterable {
    case apiKeyName
    case nrn
    case roleSlug
    case action
    case tagKey
    case tagValue
    case roleName
    case newRoleSlug
    case roleDescription
    case level
    case userType
    case email
    case personName
    case avatar
    case userStatus
    case resourceName
    case resourceSlug
    case resourceStatus
}

/// The rules for values that the server's domain owns, lent to the decoders.
///
/// This module knows shapes only: names, types, presence. Given these checks, a decoder reports a malformed NRN
/// together with a missing member, so that the caller sees everything that is wrong at once.
public struct ValueChecks: Sendable {
    private let check: @Sendable (ValueKind, String) -> String?

    /// Checks made of one function, which answers with a sentence when a text is not valid, else nil.
    public init(_ check: @escaping @Sendable (ValueKind, String) -> String?) {
        self.check = check
    }

    /// Takes every text.
    public static let none = ValueChecks { _, _ in nil }

    /// What is wrong with a text; nil when nothing is.
    func complaint(about text: String, as kind: ValueKind) -> String? {
        check(kind, text)
    }
}
