import HTTPTypes
import NIOHTTP1

/// What the transport needs to know of a header block, found in one pass.
struct HeaderFacts {
    private(set) var hostCount = 0
    private(set) var host: String?
    private(set) var contentLengthCount = 0
    private(set) var contentLength: String?
    private(set) var transferCodingCount = 0
    private(set) var transferCoding: String?
    private(set) var expectation: String?
    private(set) var forwardedHost: String?
    private(set) var asksForUpgrade = false

    private var fieldCount = 0
    private var length = 0

    /// - Throws: 431 past the limits, 400 for a value with a control character (which includes every line folding).
    init(_ headers: HTTPHeaders, limits: TransportLimits) throws(Refusal) {
        for (name, value) in headers { try note(name, value, limits: limits) }
    }

    /// - Throws: 431 past the limits, 400 for a value with a control character.
    init(_ fields: HTTPFields, limits: TransportLimits) throws(Refusal) {
        for field in fields { try note(field.name.rawName, field.value, limits: limits) }
    }

    private mutating func note(_ name: String, _ value: String, limits: TransportLimits) throws(Refusal) {
        fieldCount += 1
        length += name.utf8.count + value.utf8.count + 4
        guard fieldCount <= limits.headerFieldCount, length <= limits.headerLengthInBytes else {
            throw .headerTooLarge(limits)
        }
        guard value.allBytes({ $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\t") }) else {
            throw .malformed("A header field has a control character.")
        }
        // Most names are told apart by their length alone.
        switch name.utf8.count {
        case 4 where name.equalsIgnoringASCIICase("host"):
            hostCount += 1
            host = value
        case 6 where name.equalsIgnoringASCIICase("expect"):
            // Several fields are a list, and no list of expectations is known.
            expectation = expectation == nil ? value : ""
        case 7 where name.equalsIgnoringASCIICase("upgrade"):
            asksForUpgrade = true
        case 14 where name.equalsIgnoringASCIICase("content-length"):
            contentLengthCount += 1
            contentLength = value
        case 16 where name.equalsIgnoringASCIICase("x-forwarded-host"):
            forwardedHost = value
        case 17 where name.equalsIgnoringASCIICase("transfer-encoding"):
            transferCodingCount += 1
            transferCoding = value
        default:
            break
        }
    }
}

extension String {
    /// Whether all bytes have a property; what every request's bytes go through, so it takes the short way to them.
    func allBytes(_ predicate: (UInt8) -> Bool) -> Bool {
        utf8.withContiguousStorageIfAvailable { $0.allSatisfy(predicate) } ?? utf8.allSatisfy(predicate)
    }
}
