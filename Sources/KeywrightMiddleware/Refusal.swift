import HTTPTypes
import Hummingbird
import KeywrightWire
import NIOCore

/// An answer in the place of a handler's: the body of every refusal of Keywright's API, and RFC 6750's header field.
struct Refusal {
    private let status: HTTPResponse.Status
    private let code: String
    private let title: String
    private let detail: String
    /// The value of `WWW-Authenticate`.
    private var challenge: String?
    private var retryAfter: String?

    static let missingCredential = Refusal(
        status: .unauthorized, code: "unauthenticated", title: "Unauthorized",
        detail: "This needs an API key or an access token, as Authorization: Bearer or X-Api-Key.",
        challenge: #"Bearer realm="keywright""#
    )

    static let unclearCredential = Refusal(
        status: .unauthorized, code: "unauthenticated", title: "Unauthorized",
        detail: "Give one credential, as Authorization: Bearer or X-Api-Key.",
        challenge: #"Bearer realm="keywright", error="invalid_request""#
    )

    static let badCredential = Refusal(
        status: .unauthorized, code: "unauthenticated", title: "Unauthorized",
        detail: "The credential is malformed or not valid.",
        challenge: #"Bearer realm="keywright", error="invalid_token""#
    )

    static func forbidden(_ question: Question?) -> Refusal {
        let need = question.map { "This needs the action \($0.action) at \($0.nrn)." } ?? "This is not allowed."
        return Refusal(
            status: .forbidden, code: "forbidden", title: "Forbidden", detail: need,
            challenge: #"Bearer realm="keywright", error="insufficient_scope""#
        )
    }

    static let noResource = Refusal(
        status: .notFound, code: "not_found", title: "Not Found", detail: "The path names no resource."
    )

    static let unavailable = Refusal(
        status: .serviceUnavailable, code: "unavailable", title: "Service Unavailable",
        detail: "The credential cannot be checked now. Try again.", retryAfter: "1"
    )

    var response: Response {
        let problem = ProblemObject(status: status.code, code: code, title: title, detail: detail)
        // A problem holds numbers and texts alone, which can always be written.
        let body = (try? WireJSON.encode(problem)) ?? []
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        if let challenge { headers[.wwwAuthenticate] = challenge }
        if let retryAfter { headers[.retryAfter] = retryAfter }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
