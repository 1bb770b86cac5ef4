import CLibPQ
import Foundation

/// A connection with nothing between the program and libpq.
final class BareConnection {
    private let handle: OpaquePointer?

    struct Failed: Error {}

    init(_ address: String) throws {
        handle = PQconnectdb(address)
        guard PQstatus(handle) == CONNECTION_OK else { throw Failed() }
        PQclear(PQexec(handle, "SET search_path = keywright"))
        PQclear(PQprepare(handle, "look", "SELECT * FROM api_keys WHERE handle = $1", 1, nil))
    }

    deinit {
        PQfinish(handle)
    }

    func texts(_ sql: String) throws -> [String] {
        let result = PQexec(handle, sql)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK else { throw Failed() }
        return (0..<PQntuples(result)).compactMap { PQgetvalue(result, $0, 0).map { String(cString: $0) } }
    }

    /// The processes of the server that serve this database's connections.
    func serverProcesses() throws -> [String] {
        try texts("SELECT pid::text FROM pg_stat_activity WHERE datname = current_database()")
    }

    func lookUp(_ text: String) throws -> Bool {
        let result = text.withCString { value in
            var values: [UnsafePointer<CChar>?] = [value]
            return PQexecPrepared(handle, "look", 1, &values, nil, nil, 1)
        }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK, PQntuples(result) == 1 else { throw Failed() }
        return true
    }
}
