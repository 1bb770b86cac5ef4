import HTTPTypes
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An answer of the hot path, with the fields that an ordinary answer has, in the same order.
struct HotPathAnswer {
    let status: HTTPResponseStatus
    /// Those that the route itself sets.
    private let fields: [(String, String)]
    /// Nil for none.
    let body: [UInt8]?
    /// What the log says of the request.
    var method = HTTPMethod.GET
    var route = ""

    /// The fields of a JSON answer.
    static let fieldsOfJSON = [
        ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Content-Type", "application/json"),
    ]

    init(_ status: HTTPResponseStatus, fields: [(String, String)], body: [UInt8]?) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// An answer that an ordinary route would give.
    init(_ answer: Answer) {
        status = HTTPResponseStatus(statusCode: answer.status.code, reasonPhrase: answer.status.reasonPhrase)
        var fields = answer.headers
        if fields[.cacheControl] == nil { fields[.cacheControl] = "no-store" }
        fields[.xContentTypeOptions] = "nosniff"
        if answer.status != .noContent { fields[.contentType] = answer.contentType }
        self.fields = fields.map { ($0.name.rawName, $0.value) }
        body = answer.status == .noContent ? nil : answer.body
    }

    func head(requestID: String, date: String) -> HTTPResponseHead {
        var fields = fields
        fields.reserveCapacity(fields.count + 3)
        if let body { fields.append(("Content-Length", "\(body.count)")) }
        fields.append(("X-Request-Id", requestID))
        fields.append(("Date", date))
        return HTTPResponseHead(version: .http1_1, status: status, headers: HTTPHeaders(fields))
    }
}

/// The `Date` field, made once a second.
struct DateField {
    private var second = 0
    private var text = ""

    mutating func now() -> String {
        let now = Int(Date().timeIntervalSince1970)
        if now != second {
            second = now
            text = HTTPDate.text(secondsSince1970: now)
        }
        return text
    }
}

/// The address of who calls on a connection, as text.
struct CallerAddress {
    private let peer: IPAddress?
    private let peerText: String?
    /// Nil when the other side is no proxy whose word counts.
    private let proxies: TrustedProxies?
    private var last: (forwardedFor: [String], text: String?)?

    init(of channel: any Channel, trusting proxies: TrustedProxies) {
        peer = channel.remoteAddress.flatMap(IPAddress.init)
        peerText = peer?.description
        self.proxies = peer.map(proxies.contains) == true ? proxies : nil
    }

    /// - Parameter forwardedFor: the values of `X-Forwarded-For`.
    mutating func address(_ forwardedFor: [String]) -> String? {
        guard let proxies, let peer, !forwardedFor.isEmpty else { return peerText }
        if let last, last.forwardedFor == forwardedFor { return last.text }
        let text = proxies.caller(behind: peer, forwardedFor: forwardedFor).address.description
        last = (forwardedFor, text)
        return text
    }
}
