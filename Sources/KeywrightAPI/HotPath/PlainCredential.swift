/// How a plain head says who calls and what it brings; nil and false are for what only the ordinary routes judge.
enum PlainCredential {
    private static let json = Array("application/json".utf8)

    /// Whether the body is JSON without a doubt.
    static func isJSON(_ head: PlainHead, _ bytes: Span<UInt8>) -> Bool {
        switch head.contentTypeCount {
        case 0: true
        case 1: head.contentType.map { bytes.extracting($0).equals(json.span) } ?? false
        default: false
        }
    }

    /// Where the credential stands in an `Authorization` field; nil unless it is `Bearer`, a blank and visible ASCII.
    static func bearer(_ bytes: Span<UInt8>, _ field: Range<Int>?) -> Range<Int>? {
        let scheme: StaticString = "bearer "
        let length = scheme.utf8CodeUnitCount
        guard let field, field.count > length else { return nil }
        let isBearer = scheme.withUTF8Buffer { scheme in
            for index in scheme.indices where bytes[field.lowerBound + index] | 0x20 != scheme[index] { return false }
            return true
        }
        // The blank is the only character that stays one when 0x20 is added, but for NUL, which no field holds.
        return isBearer ? visible(bytes, (field.lowerBound + length)..<field.upperBound) : nil
    }

    /// The same place, unless something in it is not visible ASCII or nothing is there.
    static func visible(_ bytes: Span<UInt8>, _ place: Range<Int>?) -> Range<Int>? {
        guard let place, !place.isEmpty else { return nil }
        for index in place where bytes[index] <= 0x20 || bytes[index] >= 0x7F { return nil }
        return place
    }
}
