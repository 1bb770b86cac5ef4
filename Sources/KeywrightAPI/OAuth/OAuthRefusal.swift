import HTTPTypes
import KeywrightDomain

/// A request refused in OAuth's own words (RFC 6749, section 5.2, and the RFCs that build on it).
struct OAuthRefusal: Error, Equatable {
    /// The value of `error`.
    enum Code: String, CaseIterable {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unsupportedGrantType = "unsupported_grant_type"
        case invalidScope = "invalid_scope"
        /// RFC 8693, section 2.2.2.
        case invalidTarget = "invalid_target"
        /// RFC 6750, section 3.1.
        case invalidToken = "invalid_token"
        /// RFC 6750, section 3.1.
        case insufficientScope = "insufficient_scope"
        /// For what passes: too many failures, a database that is away.
        case temporarilyUnavailable = "temporarily_unavailable"
    }

    let code: Code
    /// The value of `error_description`: no quotation mark, no backslash, nothing of the request.
    let detail: String
    var status = HTTPResponse.Status.badRequest
    /// How to authenticate.
    var challenge: String?
    var retryAfter: Duration?

    init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    static let realm = #"realm="keywright""#

    /// The client is not who it says, or does not say it.
    static let invalidClient: OAuthRefusal = {
        var refusal = OAuthRefusal(.invalidClient, "The client credentials are missing, malformed or not valid.")
        refusal.status = .unauthorized
        refusal.challenge = "Basic \(realm)"
        return refusal
    }()

    /// The caller's bearer credential is missing or not good.
    static func invalidToken(isGiven: Bool) -> OAuthRefusal {
        var refusal = OAuthRefusal(.invalidToken, "The credential is missing, malformed or not valid.")
        refusal.status = .unauthorized
        // RFC 6750, section 3: without a credential the challenge says no more than how to authenticate.
        refusal.challenge = "Bearer \(realm)" + (isGiven ? #", error="invalid_token""# : "")
        return refusal
    }

    /// What an operation refuses, unless the route has said more; nil for what is no refusal.
    init?(_ error: DomainError) {
        switch error.code {
        case .invalid: self.init(.invalidRequest, error.detail)
        case .unauthenticated: self = .invalidClient
        case .forbidden:
            self.init(.insufficientScope, error.detail)
            status = .forbidden
            challenge = #"Bearer \#(Self.realm), error="insufficient_scope""#
        case .rateLimited:
            self.init(.temporarilyUnavailable, error.detail)
            status = .tooManyRequests
            retryAfter = error.retryAfter
        case .unavailable, .storageFull:
            self.init(.temporarilyUnavailable, error.detail)
            status = .serviceUnavailable
            retryAfter = error.retryAfter ?? .seconds(5)
        case .notFound, .conflict, .versionMismatch, .unprocessable: return nil
        }
    }
}
