import HTTPTypes
import KeywrightWire
import NIOCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The head of an answer of the hot path: the fields that an ordinary answer has, in the same order.
struct HotPathHead {
    let status: Int
    let hasBody: Bool
    private let statusLine: [UInt8]
    /// The fields, without those that differ between any two answers.
    private let fields: [UInt8]

    /// A JSON answer with status 200.
    static let json = HotPathHead(Answer(status: .ok, body: []))
    /// 204.
    static let empty = HotPathHead(.empty)

    /// The head of an answer that an ordinary route would give.
    init(_ answer: Answer) {
        status = answer.status.code
        hasBody = answer.status != .noContent
        var headers = answer.headers
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        headers[.xContentTypeOptions] = "nosniff"
        if hasBody { headers[.contentType] = answer.contentType }
        statusLine = Array("HTTP/1.1 \(answer.status.code) \(answer.status.reasonPhrase)\r\n".utf8)
        var fields: [UInt8] = []
        for field in headers { Self.append(field.name, field.value, to: &fields) }
        self.fields = fields
    }

    /// - Parameter ownFields: whole lines, which stand before the others.
    func append(
        to bytes: inout [UInt8], ownFields: [UInt8], bodyLength: Int, requestID: RequestIDs, date: [UInt8]
    ) {
        bytes += statusLine
        bytes += ownFields
        bytes += fields
        if hasBody {
            Self.append("Content-Length: ", to: &bytes)
            bytes.appendJSON(Int64(bodyLength))
            Self.append("\r\n", to: &bytes)
        }
        Self.append("X-Request-Id: ", to: &bytes)
        requestID.append(to: &bytes)
        Self.append("\r\nDate: ", to: &bytes)
        bytes += date
        Self.append("\r\n\r\n", to: &bytes)
    }

    /// A field as a line.
    static func append(_ name: HTTPField.Name, _ value: String, to bytes: inout [UInt8]) {
        bytes += name.rawName.utf8
        append(": ", to: &bytes)
        bytes += value.utf8
        append("\r\n", to: &bytes)
    }

    private static func append(_ text: StaticString, to bytes: inout [UInt8]) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }
}

/// The `Date` field, made once a second.
struct DateField {
    private var second = 0
    private var text: [UInt8] = []

    mutating func now() -> [UInt8] {
        let now = Int(Date().timeIntervalSince1970)
        if now != second {
            second = now
            text = Array(HTTPDate.text(secondsSince1970: now).utf8)
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

    /// - Parameter places: where the values of `X-Forwarded-For` stand.
    mutating func address(_ places: [Range<Int>], in bytes: Span<UInt8>) -> String? {
        guard let proxies, let peer, !places.isEmpty else { return peerText }
        let forwardedFor = places.map { place in
            bytes.extracting(place).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        }
        if let last, last.forwardedFor == forwardedFor { return last.text }
        let text = proxies.caller(behind: peer, forwardedFor: forwardedFor).address.description
        last = (forwardedFor, text)
        return text
    }
}
