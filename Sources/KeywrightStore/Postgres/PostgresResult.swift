import CLibPQ

/// What a statement gave.
final class PostgresResult {
    fileprivate let handle: OpaquePointer

    /// Takes over a result of libpq.
    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQclear(handle)
    }

    var status: ExecStatusType { PQresultStatus(handle) }

    var rowCount: Int { Int(PQntuples(handle)) }

    /// How many rows the statement changed.
    var changedRowCount: Int { PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// What the server calls the statement it ran, as in `COMMIT`.
    var command: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

    /// The error, when the statement failed.
    var error: PostgresError {
        func field(_ code: Character) -> String {
            PQresultErrorField(handle, CInt(code.asciiValue ?? 0)).map { String(cString: $0) } ?? ""
        }
        return PostgresError(state: field("C"), message: field("M"), constraint: field("n"))
    }

    func row(_ index: Int) -> PostgresRow { PostgresRow(result: self, index: CInt(index)) }
}

/// A row of a result; numbers, texts and bytes come in the server's own form.
struct PostgresRow: SQLRow {
    fileprivate let result: PostgresResult
    fileprivate let index: CInt

    func isNull(_ column: Int) -> Bool { PQgetisnull(result.handle, index, CInt(column)) == 1 }

    func integer(_ column: Int) -> Int64 {
        withBytes(column) { bytes in
            switch bytes.count {
            case 8: Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
            case 4: Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
            case 2: Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
            case 1: Int64(bytes[0])
            default: 0
            }
        }
    }

    func text(_ column: Int) -> String {
        withBytes(column) { String(decoding: $0, as: UTF8.self) }
    }

    func bytes(_ column: Int) -> [UInt8] {
        withBytes(column) { [UInt8]($0) }
    }

    func withBytes<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        let start = PQgetvalue(result.handle, index, CInt(column))
        let count = Int(PQgetlength(result.handle, index, CInt(column)))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }
}
