import HTTPTypes
import NIOHTTP1

/// How the rest of an admitted request comes, and what it wants of the connection.
struct RequestFraming: Equatable {
    /// The body's length, as far as the client declared it.
    var declaredLength: Int?
    var isChunked = false
    /// The client waits for `100 Continue` before it sends the body.
    var awaitsContinue = false
    /// This is the connection's last request.
    var closes = false
}

/// What a request's head must look like, whichever version of HTTP carries it.
///
/// The rules are about the message, not about what it asks for: they keep this server and anything in front of it
/// from reading the same bytes as different requests (RFC 9112, sections 3, 5 and 6; RFC 9113, section 8).
struct RequestRules: Sendable {
    let limits: TransportLimits
    /// The only host to answer for; `nil` answers for any.
    let publicHost: Authority?
    /// Paths answered under any host, as a load balancer's health check asks for them by address.
    let anyHostPaths: Set<String>

    /// Admits the head of an HTTP/1 request, or says how to refuse it.
    ///
    /// - Parameter head: The head; a target in absolute form is replaced by its path and query.
    func admit(_ head: inout HTTPRequestHead, fromTrustedProxy: Bool) throws(Refusal) -> RequestFraming {
        try check(method: head.method.rawValue)
        try check(targetLength: head.uri.utf8.count)
        let fields = try HeaderFacts(head.headers, limits: limits)
        var framing = try framing(of: fields, head: head)

        let absolute = try splitAbsoluteTarget(head.uri)
        if let absolute { head.uri = absolute.path }
        try check(originForm: head.uri)

        if fields.hostCount > 1 { throw .malformed("The request has more than one Host field.") }
        if let text = fields.host {
            guard Authority.isValid(text) else { throw .malformed("The Host field is not a host.") }
            if let authority = absolute?.authority, authority != Authority(parsing: text) {
                throw .malformed("The request target and the Host field name different hosts.")
            }
            try check(host: text, forwardedHost: fromTrustedProxy ? fields.forwardedHost : nil, path: head.uri)
        } else if head.version == .http1_0 {
            try check(host: absolute?.authority.description, forwardedHost: nil, path: head.uri)
        } else {
            throw .malformed("The request has no Host field.")
        }

        if let expectation = fields.expectation, head.version != .http1_0 {
            guard expectation.equalsIgnoringASCIICase("100-continue") else { throw .unknownExpectation }
            framing.awaitsContinue = framing.isChunked || (framing.declaredLength ?? 0) > 0
        }
        try check(declaredLength: framing.declaredLength)
        return framing
    }

    /// Admits the head of an HTTP/2 request, whose framing the protocol has checked already.
    func admit(_ head: HTTPRequest, fromTrustedProxy: Bool) throws(Refusal) -> RequestFraming {
        try check(method: head.method.rawValue)
        guard let path = head.path else { throw .malformed("The request has no path.") }
        try check(targetLength: path.utf8.count)
        let fields = try HeaderFacts(head.headerFields, limits: limits)
        try check(originForm: path)

        guard fields.hostCount < 2, let text = head.authority ?? fields.host else {
            throw .malformed("The request has no authority, or more than one Host field.")
        }
        guard Authority.isValid(text) else { throw .malformed("The authority is not a host.") }
        if head.authority != nil, let field = fields.host, Authority(parsing: field) != Authority(parsing: text) {
            throw .malformed("The authority and the Host field name different hosts.")
        }
        try check(host: text, forwardedHost: fromTrustedProxy ? fields.forwardedHost : nil, path: path)

        var framing = RequestFraming()
        if let expectation = fields.expectation {
            guard expectation.equalsIgnoringASCIICase("100-continue") else { throw .unknownExpectation }
            framing.awaitsContinue = true
        }
        framing.declaredLength = try contentLength(of: fields)
        try check(declaredLength: framing.declaredLength)
        return framing
    }

    /// Whether any request for that host is admitted, as far as its host is concerned.
    func admits(host: String) -> Bool {
        guard Authority.isValid(host) else { return false }
        return publicHost == nil || host == publicHost?.description || Authority(parsing: host) == publicHost
    }
}

extension RequestRules {
    private func check(method: String) throws(Refusal) {
        if method == "CONNECT" || method == "TRACE" { throw .methodNotAllowed(method) }
    }

    private func check(targetLength: Int) throws(Refusal) {
        if targetLength > limits.targetLengthInBytes { throw .targetTooLong(limit: limits.targetLengthInBytes) }
    }

    private func check(originForm target: String) throws(Refusal) {
        guard target.utf8.first == UInt8(ascii: "/") else {
            throw .malformed("The request target does not begin with a slash.")
        }
        guard target.allBytes({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }) else {
            throw .malformed("The request target has a character that must be percent-encoded.")
        }
    }

    private func check(declaredLength: Int?) throws(Refusal) {
        if let declaredLength, declaredLength > limits.bodyLengthInBytes {
            throw .bodyTooLarge(limit: limits.bodyLengthInBytes)
        }
    }

    /// - Parameter forwardedHost: What a trusted proxy says the client asked for; it counts instead of `host`.
    private func check(host: String?, forwardedHost: String?, path: String) throws(Refusal) {
        guard let publicHost else { return }
        if let host, admits(host: host) { return }
        if let nearest = forwardedHost?.split(separator: ",").last,
            Authority(parsing: nearest.trimmingBlanks) == publicHost
        {
            return
        }
        if anyHostPaths.contains(String(path.prefix { $0 != "?" })) { return }
        throw .wrongHost
    }

    /// The authority and the path of `http://host/path?query`; `nil` for any other form.
    private func splitAbsoluteTarget(_ target: String) throws(Refusal) -> (authority: Authority, path: String)? {
        guard target.utf8.first != UInt8(ascii: "/"), let colon = target.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            return nil
        }
        let scheme = target[..<colon]
        guard scheme.equalsIgnoringASCIICase("http") || scheme.equalsIgnoringASCIICase("https"),
            target[colon...].utf8.starts(with: "://".utf8)
        else { throw .malformed("The request target is neither a path nor an http URL.") }
        let rest = target[target.utf8.index(colon, offsetBy: 3)...]
        let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        guard let authority = Authority(parsing: rest[..<end]) else {
            throw .malformed("The request target's host is not a host.")
        }
        let path = rest[end...]
        return (authority, path.utf8.first == UInt8(ascii: "/") ? String(path) : "/" + path)
    }

    private func framing(of fields: HeaderFacts, head: HTTPRequestHead) throws(Refusal) -> RequestFraming {
        var framing = RequestFraming()
        // After a request to upgrade the parser reads nothing more, so the connection ends although no upgrade exists.
        framing.closes = head.version == .http1_0 || !head.isKeepAlive || fields.asksForUpgrade
        framing.declaredLength = try contentLength(of: fields)
        guard fields.transferCodingCount > 0 else { return framing }
        guard head.version != .http1_0 else { throw .malformed("HTTP/1.0 has no transfer codings.") }
        guard framing.declaredLength == nil else {
            throw .malformed("The request has both a Content-Length and a Transfer-Encoding field.")
        }
        guard fields.transferCodingCount == 1, let coding = fields.transferCoding,
            coding.equalsIgnoringASCIICase("chunked")
        else { throw .malformed("The only supported transfer coding is chunked, applied once.") }
        framing.isChunked = true
        return framing
    }

    private func contentLength(of fields: HeaderFacts) throws(Refusal) -> Int? {
        guard fields.contentLengthCount > 0 else { return nil }
        guard fields.contentLengthCount == 1, let text = fields.contentLength, !text.isEmpty else {
            throw .malformed("The request has more than one Content-Length field.")
        }
        var length = 0
        for byte in text.utf8 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
                throw .malformed("The Content-Length field is not a number.")
            }
            let (product, isTooLarge) = length.multipliedReportingOverflow(by: 10)
            guard !isTooLarge, product <= Int.max - 9 else { throw .bodyTooLarge(limit: limits.bodyLengthInBytes) }
            length = product + Int(byte - UInt8(ascii: "0"))
        }
        return length
    }
}
