import GRDBSQLite
import KeywrightDomain

/// Rows in the text form that PostgreSQL's COPY takes: a line each, values apart by tabs.
struct CopyText {
    /// So many bytes are sent together.
    private static let limit = 65_536
    private static let digits = Array("0123456789abcdef".utf8)

    private var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(Self.limit * 2)
    }

    var isFull: Bool { bytes.count >= Self.limit }

    /// Hands over what was added, and forgets it.
    mutating func drain(_ send: (UnsafeRawBufferPointer) throws -> Void) throws {
        if bytes.isEmpty { return }
        try bytes.withUnsafeBytes(send)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Adds a row of a query.
    mutating func append(_ row: SQLiteRow, columnCount: Int) {
        for column in 0..<columnCount {
            if column > 0 { bytes.append(UInt8(ascii: "\t")) }
            switch sqlite3_column_type(row.statement, Int32(column)) {
            case SQLITE_NULL: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "N")]
            case SQLITE_BLOB: row.withBytes(column) { appendHexadecimal($0) }
            default: append(row.text(column))
            }
        }
        endRow()
    }

    /// Adds a row of a stored set of keys.
    mutating func append(_ place: KeySetPlace, _ members: [UInt8]) {
        append(String(place.organizationID.rawValue))
        bytes.append(UInt8(ascii: "\t"))
        append(place.term.text)
        bytes.append(UInt8(ascii: "\t"))
        append(String(place.block))
        bytes.append(UInt8(ascii: "\t"))
        members.withUnsafeBytes { appendHexadecimal($0) }
        endRow()
    }

    private mutating func endRow() {
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func append(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += [byte, byte]
            case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case UInt8(ascii: "\r"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
            case UInt8(ascii: "\t"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
            default: bytes.append(byte)
            }
        }
    }

    private mutating func appendHexadecimal(_ value: UnsafeRawBufferPointer) {
        bytes += [UInt8(ascii: "\\"), UInt8(ascii: "\\"), UInt8(ascii: "x")]
        for byte in value {
            bytes.append(Self.digits[Int(byte >> 4)])
            bytes.append(Self.digits[Int(byte & 15)])
        }
    }
}
