import HTTPTypes
import KeywrightWire
import NIOCore
import NIOHTTP1

/// An answer that the transport gives itself, instead of handing the request on. Nothing of the request stands in it.
struct Refusal: Error, Equatable {
    let status: Int
    let title: String
    let code: String
    let detail: String
    /// What a 405 says about the methods that there are.
    var allow: String?

    private init(_ status: Int, _ title: String, _ code: String, _ detail: String) {
        self.status = status
        self.title = title
        self.code = code
        self.detail = detail
    }

    static func malformed(_ detail: String) -> Refusal {
        Refusal(400, "Bad Request", "malformed_request", detail)
    }

    static func methodNotAllowed(_ method: String) -> Refusal {
        var refusal = Refusal(405, "Method Not Allowed", "method_not_allowed", "\(method) is not supported.")
        refusal.allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
        return refusal
    }

    static let slowHeader = Refusal(
        408, "Request Timeout", "request_timeout", "The header block took too long to arrive.")

    static let slowBody = Refusal(408, "Request Timeout", "request_timeout", "The body took too long to arrive.")

    static func bodyTooLarge(limit: Int) -> Refusal {
        Refusal(413, "Content Too Large", "content_too_large", "The body is larger than \(limit) bytes.")
    }

    static func targetTooLong(limit: Int) -> Refusal {
        Refusal(414, "URI Too Long", "uri_too_long", "The request target is longer than \(limit) bytes.")
    }

    static let unknownExpectation = Refusal(
        417, "Expectation Failed", "expectation_failed", "The only supported expectation is 100-continue.")

    static let wrongHost = Refusal(
        421, "Misdirected Request", "misdirected_request", "This server does not answer for the requested host.")

    static func headerTooLarge(_ limits: TransportLimits) -> Refusal {
        Refusal(
            431, "Request Header Fields Too Large", "header_too_large",
            "The header block is larger than \(limits.headerLengthInBytes) bytes or has more than "
                + "\(limits.headerFieldCount) fields.")
    }
}

extension Refusal {
    /// The error body of every endpoint.
    var body: ByteBuffer {
        let problem = ProblemObject(status: status, code: code, title: title, detail: detail)
        return ByteBuffer(bytes: (try? WireJSON.encode(problem)) ?? [])
    }

    private func fields(requestID: String, bodyLength: Int) -> [(name: String, value: String)] {
        var fields = [
            ("Date", HTTPDate.now()), ("Content-Type", "application/json"), ("Content-Length", "\(bodyLength)"),
            ("Cache-Control", "no-store"), ("X-Request-Id", requestID),
        ]
        if let allow { fields.append(("Allow", allow)) }
        return fields
    }

    /// The head of this answer on HTTP/1, where every refusal is the last answer of its connection.
    func http1Head(requestID: String, bodyLength: Int) -> HTTPResponseHead {
        HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: status, reasonPhrase: title),
            headers: HTTPHeaders(fields(requestID: requestID, bodyLength: bodyLength) + [("Connection", "close")])
        )
    }

    /// The head of this answer on an HTTP/2 stream.
    func http2Head(requestID: String, bodyLength: Int) -> HTTPResponse {
        var response = HTTPResponse(status: HTTPResponse.Status(code: status, reasonPhrase: title))
        for (name, value) in fields(requestID: requestID, bodyLength: bodyLength) {
            if let name = HTTPField.Name(name) { response.headerFields[name] = value }
        }
        return response
    }
}
