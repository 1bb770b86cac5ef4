import HTTPTypes
import Hummingbird
import KeywrightDomain
import KeywrightWire
import NIOCore

/// The one place where an error becomes an answer.
struct Problem {
    let status: HTTPResponse.Status
    let code: String
    let detail: String
    var errors: [FieldError] = []
    var id: Int64?
    var causeIndex: Int?
    var headers: HTTPFields = [:]
    /// Whether it is written as OAuth's refusals are.
    var isOAuth = false
    /// Whether the cause belongs in the log: nobody expected it.
    var isUnexpected = false

    private init(_ status: HTTPResponse.Status, _ code: String, _ detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    init(_ error: any Error) {
        switch error {
        case let error as DomainError: self.init(domain: error)
        case let error as WireErrors:
            self.init(.badRequest, "invalid", error.errors.first?.message ?? "The body is not valid.")
            errors = error.errors
            causeIndex = error.firstItemIndex
        case let error as JSONSyntaxError:
            self.init(.badRequest, "invalid", error.message)
            errors = WireErrors(error).errors
        case let error as OAuthRefusal: self.init(oauth: error)
        case let error as TransportProblem: self.init(transport: error)
        case let error as HTTPError where error.status == .notFound: self.init(transport: .noSuchPath)
        case let error as HTTPError where error.status == .contentTooLarge: self.init(transport: .bodyTooLarge)
        default:
            self.init(.internalServerError, "internal", "Something went wrong on our side.")
            isUnexpected = true
        }
    }

    private init(domain error: DomainError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .invalid: .badRequest
            case .unauthenticated: .unauthorized
            case .forbidden: .forbidden
            case .notFound: .notFound
            case .conflict: .conflict
            case .versionMismatch: .preconditionFailed
            case .unprocessable: .unprocessableContent
            case .rateLimited: .tooManyRequests
            case .unavailable: .serviceUnavailable
            case .storageFull: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
            }
        self.init(status, error.code.rawValue, error.detail)
        errors = error.violations.map { FieldError(pointer: $0.pointer, message: $0.message) }
        id = error.conflictingID
        causeIndex = error.causeIndex
        if let wait = error.retryAfter { headers[.retryAfter] = "\(max(wait.components.seconds, 1))" }
        if error.code == .unauthenticated { headers[.wwwAuthenticate] = #"Bearer realm="keywright""# }
    }

    private init(oauth error: OAuthRefusal) {
        self.init(error.status, error.code.rawValue, error.detail)
        isOAuth = true
        headers[.wwwAuthenticate] = error.challenge
        if let wait = error.retryAfter { headers[.retryAfter] = "\(max(wait.components.seconds, 1))" }
    }

    private init(transport error: TransportProblem) {
        switch error {
        case .bodyTooLarge:
            self.init(.contentTooLarge, "content_too_large", "The body is larger than \(Call.bodyLimit) bytes.")
        case .unsupportedMediaType:
            self.init(.unsupportedMediaType, "unsupported_media_type", "The body must be application/json.")
        case .methodNotAllowed(let allowed):
            self.init(.methodNotAllowed, "method_not_allowed", "The method is not supported here.")
            headers[.allow] = allowed
        case .noSuchPath:
            self.init(.notFound, "not_found", "There is nothing at this path.")
        }
    }

    var answer: Answer {
        if isOAuth {
            let object = OAuthErrorObject(error: code, errorDescription: detail)
            let body = (try? WireJSON.encode(object)) ?? Array(#"{"error":"\#(code)"}"#.utf8)
            return Answer(status: status, body: body, headers: headers)
        }
        let object = ProblemObject(
            status: status.code, code: code, title: status.reasonPhrase, detail: detail, errors: errors, id: id,
            cause: causeIndex.map(ProblemObject.Cause.init(index:))
        )
        let body = (try? WireJSON.encode(object)) ?? Array(#"{"message":"\#(status.code)"}"#.utf8)
        return Answer(status: status, body: body, headers: headers)
    }
}
