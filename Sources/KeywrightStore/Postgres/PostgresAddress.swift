import CLibPQ
import Foundation
import KeywrightDomain

/// Where a PostgreSQL database is, and how it is spoken to: `postgres://user@host1,host2/database?sslrootcert=...`.
///
/// Everything that libpq understands may stand in it. Of several hosts the one that takes writes is used. A server on
/// another machine must prove who it is (`sslmode=verify-full`) unless the address says otherwise.
public struct PostgresAddress: Sendable, Hashable, CustomStringConvertible {
    private var parameters: [String: String]

    /// An address from its text.
    ///
    /// - Throws: `DomainError`: `.invalid`, without the text, which may hold a password.
    public init(parsing text: String) throws {
        guard Self.isAddress(text) else {
            throw DomainError(.invalid, "A database address reads postgres://user@host/database.")
        }
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &message) else {
            PQfreemem(message)
            throw DomainError(.invalid, "The database address is not one that libpq understands.")
        }
        defer { PQconninfoFree(options) }
        parameters = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parameters[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        if parameters["sslmode"] == nil, !isLocal, ProcessInfo.processInfo.environment["PGSSLMODE"] == nil {
            parameters["sslmode"] = "verify-full"
        }
    }

    /// Whether a text is meant to be such an address.
    public static func isAddress(_ text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// The address without anything secret.
    public var description: String {
        "postgres://\(parameters["host"] ?? parameters["hostaddr"] ?? "")/\(parameters["dbname"] ?? "")"
    }

    /// The same address with other values of some of libpq's parameters.
    func with(_ values: [String: String]) -> PostgresAddress {
        var address = self
        address.parameters.merge(values) { _, new in new }
        return address
    }

    /// The value of one of libpq's parameters.
    func value(of parameter: String) -> String? { parameters[parameter] }

    private var isLocal: Bool {
        let environment = ProcessInfo.processInfo.environment
        let named = parameters["hostaddr"] ?? parameters["host"] ?? environment["PGHOSTADDR"] ?? environment["PGHOST"]
        let hosts = (named ?? "").split(separator: ",")
        return hosts.allSatisfy { host in
            let isLoopback = host.hasPrefix("127.") && host.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
            return host.hasPrefix("/") || host == "localhost" || host == "::1" || isLoopback
        }
    }

    /// What counts where the address says nothing: a lost server is noticed within seconds.
    private static let defaults = [
        "target_session_attrs": "read-write", "connect_timeout": "2", "application_name": "keywright",
        "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3", "tcp_user_timeout": "5000",
    ]

    /// Opens a connection. Waits for the network.
    ///
    /// - Returns: nil, and why, when no host took it.
    func connect() -> Result<OpaquePointer, PostgresError> {
        var all = parameters.merging(Self.defaults) { own, _ in own }
        all["client_encoding"] = "UTF8"
        let names = all.keys.sorted()
        let handle = Self.withCStrings(names) { keywords in
            Self.withCStrings(names.map { all[$0] ?? "" }) { values in
                PQconnectdbParams(keywords, values, 0)
            }
        }
        guard let handle else { return .failure(PostgresError(state: "53200", message: "out of memory")) }
        guard PQstatus(handle) == CONNECTION_OK else {
            defer { PQfinish(handle) }
            let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
            let message = text.split(whereSeparator: \.isNewline).joined(separator: "; ")
            return .failure(PostgresError(state: PostgresError.connectionLost, message: message))
        }
        return .success(handle)
    }

    /// Calls a function with texts as C's list of strings, which ends with NULL.
    private static func withCStrings<Value>(
        _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value
    ) -> Value {
        var bytes: [CChar] = []
        var starts: [Int] = []
        for text in texts {
            starts.append(bytes.count)
            bytes += text.utf8CString
        }
        return bytes.withUnsafeBufferPointer { buffer in
            let pointers = starts.map { start in buffer.baseAddress.map { $0 + start } } + [nil]
            return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }
}
