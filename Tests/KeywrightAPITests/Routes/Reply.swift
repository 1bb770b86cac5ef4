import HTTPTypes
import HummingbirdTesting
import KeywrightWire
import NIOCore
import Testing

/// An answer, read the way a client does.
struct Reply: Sendable {
    let status: Int
    let headers: HTTPFields
    /// The body as it came.
    let text: String
    /// The body as JSON; null when it is none.
    let json: JSONValue

    /// Reads an answer and checks what all answers have in common.
    init(_ response: TestResponse) throws {
        status = response.status.code
        headers = response.headers
        text = String(buffer: response.body)
        #expect(headers[values: Reply.requestID].count == 1)
        guard headers[.contentType] == "application/json", !text.isEmpty else {
            json = .null
            return
        }
        json = try StrictJSON.parse(text.utf8, limits: JSONLimits(depth: 32, members: 1_000_000))
        // Shell clients cut values out by pattern: no blank, no line end between the tokens.
        #expect(try WireJSON.encode(json) == Array(text.utf8))
    }

    static let requestID = HTTPField.Name("X-Request-Id")!

    /// A member of the body.
    subscript(name: String) -> JSONValue { json[name] }
    /// An element of the body.
    subscript(index: Int) -> JSONValue { json[index] }

    /// The text of a refusal.
    var message: String? { json["message"].text }
    /// The pointers of a refusal, in order.
    var pointers: [String] { json["errors"].items.compactMap { $0["pointer"].text } }
    /// The names of a list's results, in order.
    var names: [String] { json["results"].items.compactMap { $0["name"].text } }
    /// The ids of a list's results, in order.
    var ids: [Int64] { json["results"].items.compactMap { $0["id"].number } }
    /// How many results a list has in all.
    var total: Int64? { json["paging"]["total"].number }

    /// Checks a refusal: its status, its text, the wrong fields, and what every refusal has in common.
    ///
    /// - Parameter pointers: every wrong field, in any order.
    func expectRefusal(
        _ status: Int, _ message: String? = nil, at pointers: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(self.status == status, "\(self.message ?? "")", sourceLocation: sourceLocation)
        if let message { #expect(self.message == message, sourceLocation: sourceLocation) }
        #expect(self.pointers.sorted() == pointers.sorted(), sourceLocation: sourceLocation)
        #expect(json["status"].number == Int64(status), sourceLocation: sourceLocation)
        #expect(json["code"].text == Self.codes[status], sourceLocation: sourceLocation)
        #expect(json["detail"] == json["message"], sourceLocation: sourceLocation)
        #expect(json["type"].text == "about:blank", sourceLocation: sourceLocation)
        #expect(json["title"].text?.isEmpty == false, sourceLocation: sourceLocation)
        #expect((status == 401) == (headers[.wwwAuthenticate] != nil), sourceLocation: sourceLocation)
        for error in json["errors"].items {
            #expect(error["message"].text?.hasSuffix(".") == true, sourceLocation: sourceLocation)
        }
        let known: Set = ["message", "type", "title", "status", "detail", "code", "errors", "id", "cause"]
        #expect(known.isSuperset(of: json.memberNames), sourceLocation: sourceLocation)
    }

    /// Checks a refusal in OAuth's words (RFC 6749, section 5.2).
    func expectOAuthRefusal(
        _ status: Int, _ error: String, _ description: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(self.status == status, "\(text)", sourceLocation: sourceLocation)
        #expect(json.memberNames == ["error", "error_description"], "\(text)", sourceLocation: sourceLocation)
        #expect(json["error"].text == error, sourceLocation: sourceLocation)
        if let description {
            #expect(json["error_description"].text == description, sourceLocation: sourceLocation)
        }
        let isWritable = json["error_description"].text?.utf8.allSatisfy {
            (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C
        }
        #expect(isWritable == true, sourceLocation: sourceLocation)
        #expect(headers[.cacheControl] == "no-store", sourceLocation: sourceLocation)
        #expect((status == 401) == (headers[.wwwAuthenticate] != nil) || status == 403, sourceLocation: sourceLocation)
    }

    private static let codes = [
        400: "invalid", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
        409: "conflict", 412: "version_mismatch", 413: "content_too_large", 415: "unsupported_media_type",
        422: "unprocessable", 429: "rate_limited", 503: "unavailable",
    ]
}

extension JSONValue {
    /// A member of an object; null when there is none.
    subscript(name: String) -> JSONValue {
        guard case .object(let object) = self else { return .null }
        return object[name] ?? .null
    }

    /// An element of an array; null when there is none.
    subscript(index: Int) -> JSONValue {
        items.indices.contains(index) ? items[index] : .null
    }

    /// The elements of an array.
    var items: [JSONValue] {
        guard case .array(let items) = self else { return [] }
        return items
    }

    /// The names of an object's members, in order.
    var memberNames: [String] {
        guard case .object(let object) = self else { return [] }
        return object.members.map(\.name)
    }

    /// The value of a string.
    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The texts of an array.
    var texts: [String] { items.compactMap(\.text) }

    /// The value of a whole number.
    var number: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    /// The value of a truth value.
    var bool: Bool? {
        guard case .bool(let bool) = self else { return nil }
        return bool
    }

    /// An object without one member.
    func without(_ name: String) -> JSONValue {
        guard case .object(let object) = self else { return self }
        return .object(JSONObject(object.members.filter { $0.name != name }))
    }
}
