import NIOHTTP1

/// The fields of a request that the hot path must know of, found in one pass.
struct PlainFields {
    private(set) var authorization: String?
    private(set) var authorizationCount = 0
    private(set) var apiKey: String?
    private(set) var apiKeyCount = 0
    private(set) var contentType: String?
    private(set) var contentTypeCount = 0
    private(set) var forwardedFor: [String] = []

    init(_ headers: HTTPHeaders) {
        for (name, value) in headers {
            // Most names are told apart by their length alone.
            switch name.utf8.count {
            case 9 where name.equalsIgnoringASCIICase("x-api-key"):
                apiKey = value
                apiKeyCount += 1
            case 12 where name.equalsIgnoringASCIICase("content-type"):
                contentType = value
                contentTypeCount += 1
            case 13 where name.equalsIgnoringASCIICase("authorization"):
                authorization = value
                authorizationCount += 1
            case 15 where name.equalsIgnoringASCIICase("x-forwarded-for"):
                forwardedFor.append(value)
            default:
                break
            }
        }
    }

    /// Whether the body is JSON without a doubt.
    var isPlainJSON: Bool {
        contentTypeCount == 0 || contentTypeCount == 1 && contentType == "application/json"
    }

    /// Where the credential stands in an `Authorization` field; nil unless it is `Bearer`, a blank and visible ASCII.
    static func bearer(in value: Span<UInt8>) -> Range<Int>? {
        let scheme: StaticString = "bearer "
        let length = scheme.utf8CodeUnitCount
        guard value.count > length else { return nil }
        let isBearer = scheme.withUTF8Buffer { scheme in
            for index in scheme.indices where value[index] | 0x20 != scheme[index] { return false }
            return true
        }
        // The blank is the only character that stays one when 0x20 is added, but for NUL, which no field holds.
        guard isBearer, isVisible(value, from: length) else { return nil }
        return length..<value.count
    }

    /// Whether all characters from a position on are visible ASCII.
    static func isVisible(_ value: Span<UInt8>, from start: Int = 0) -> Bool {
        for index in start..<value.count where value[index] <= 0x20 || value[index] >= 0x7F { return false }
        return true
    }
}
