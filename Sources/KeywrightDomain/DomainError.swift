/// Why an operation was refused, in words fit for any caller.
///
/// `code` is for branching, `detail` for people. Neither ever holds a secret or what another
/// organization owns.
public struct DomainError: Error, Hashable, Sendable {
    /// The kind of refusal; the API turns each into one HTTP status.
    public enum Code: String, CaseIterable, Sendable {
        case invalid
        case unauthenticated
        case forbidden
        case notFound = "not_found"
        case conflict
        case versionMismatch = "version_mismatch"
        case unprocessable
        case rateLimited = "rate_limited"
        case unavailable
        case storageFull = "storage_full"
    }

    /// The kind of refusal.
    public let code: Code
    /// One or two sentences for the caller.
    public let detail: String
    /// Every wrong field of the input, for `.invalid`; may be empty.
    public var violations: [Violation]
    /// The position of the refused item in a list that is applied all or nothing.
    public var causeIndex: Int?
    /// The id of the thing in the way, where the wire contract names it (a user with the same email).
    public var conflictingID: Int64?
    /// How long to wait before trying again, for `.rateLimited` and `.unavailable`.
    public var retryAfter: Duration?

    /// A refusal of one kind.
    public init(_ code: Code, _ detail: String, violations: [Violation] = []) {
        self.code = code
        self.detail = detail
        self.violations = violations
    }

    /// A refusal of input: the detail repeats the first violation.
    public init(violations: [Violation]) {
        self.init(.invalid, violations.first?.message ?? "The input is not valid.", violations: violations)
    }

    /// A refusal of one field.
    ///
    /// - Parameter pointer: a JSON pointer (RFC 6901) into the request, as in `/grants/0/nrn`.
    public static func invalid(_ pointer: String, _ message: String) -> DomainError {
        DomainError(violations: [Violation(pointer, message)])
    }

    /// The one answer for what is absent and for what belongs to another organization.
    public static func notFound(_ what: String) -> DomainError {
        DomainError(.notFound, "No such \(what).")
    }

    /// A missing permission, naming the action and the place.
    public static func missing(_ action: Action, at nrn: NRN) -> DomainError {
        DomainError(.forbidden, "This needs the action \(action) at \(nrn).")
    }
}

/// One wrong field of an input.
public struct Violation: Hashable, Sendable {
    /// A JSON pointer (RFC 6901) into the request; empty for the whole.
    public let pointer: String
    /// A sentence that says what would be right.
    public let message: String

    /// A wrong field and what would be right.
    public init(_ pointer: String, _ message: String) {
        self.pointer = pointer
        self.message = message
    }
}
