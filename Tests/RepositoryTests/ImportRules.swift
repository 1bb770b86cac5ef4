/// Which module may import which: the layers of `docs/architecture.md`, as a table.
///
/// SwiftPM lets a target import whatever its dependencies import, so the manifest alone does not keep these arrows.
/// A new arrow needs a decision record first.
enum ImportRules {
    static let everywhere: Set = [
        "Foundation", "FoundationEssentials", "Synchronization", "Dispatch", "Glibc", "Musl", "Darwin",
    ]

    static let allowed: [String: Set<String>] = [
        "CLibPQ": [],
        "KeywrightDomain": ["Crypto"],
        "KeywrightWire": [],
        "KeywrightStore": ["KeywrightDomain", "GRDB", "GRDBSQLite", "CLibPQ", "Logging"],
        "KeywrightOperations": [
            "KeywrightDomain", "KeywrightStore", "Crypto", "CryptoExtras", "JWTKit", "Logging", "Metrics",
        ],
        "KeywrightAPI": nio.union([
            "KeywrightDomain", "KeywrightWire", "KeywrightOperations", "Hummingbird", "HummingbirdCore", "Logging",
            "Metrics", "NIOCertificateReloading",
        ]),
        "KeywrightConsole": ["KeywrightDomain", "KeywrightOperations", "Hummingbird", "Mustache", "Logging"],
        "KeywrightClient": ["KeywrightWire", "AsyncHTTPClient", "JWTKit", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL"],
        "KeywrightMiddleware": [
            "KeywrightClient", "KeywrightDomain", "KeywrightWire", "Crypto", "HTTPTypes", "Hummingbird", "JWTKit",
            "Logging", "NIOCore", "ServiceLifecycle",
        ],
        "keywright": nio.union([
            "KeywrightDomain", "KeywrightWire", "KeywrightStore", "KeywrightOperations", "KeywrightAPI",
            "KeywrightConsole", "KeywrightClient", "ArgumentParser", "Configuration", "Crypto", "Hummingbird",
            "HummingbirdCore",
            "HummingbirdHTTP2", "HummingbirdTLS", "Logging", "NIOCertificateReloading", "ServiceLifecycle",
            "SystemPackage", "UnixSignals",
        ]),
    ]

    /// What no module shows to those that import it: the stores' drivers.
    static let internalOnly: Set = ["GRDB", "GRDBSQLite", "CLibPQ"]

    private static let nio: Set = [
        "HTTPTypes", "NIOCore", "NIOHTTP1", "NIOHTTP2", "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "NIOHTTPTypesHTTP2",
        "NIOPosix", "NIOSSL",
    ]

    static func violations(in repository: Repository) -> [Violation] {
        repository.folders(in: "Sources").flatMap { module -> [Violation] in
            guard let allowed = allowed[module] else {
                return [Violation(file: "Sources/\(module)", message: "this module is not in the table of imports")]
            }
            return repository.files(below: "Sources/\(module)", named: ".swift").flatMap { file in
                violations(of: file, in: repository, module: module, allowed: allowed)
            }
        }
    }

    private static func violations(
        of file: String, in repository: Repository, module: String, allowed: Set<String>
    ) -> [Violation] {
        let code = SwiftCode.lines(of: repository.lines(of: file) ?? [])
        return code.enumerated().flatMap { index, line -> [Violation] in
            imports(in: line).flatMap { statement in
                messages(about: statement, module: module, allowed: allowed)
                    .map { Violation(file: file, line: index + 1, message: $0) }
            }
        }
    }

    private static func imports(in line: Substring) -> [Import] {
        guard line.contains("import") else { return [] }
        let pattern =
            #/
            ^\s* (?<attributes> (?:@\w+(?:\([^)]*\))?\s+)* ) (?:(?<access>\w+)\s+)?
            import\s+ (?:(?:class|enum|func|let|protocol|struct|typealias|var)\s+)? (?<module>\w+)
            /#
        return line.split(separator: ";").compactMap { $0.firstMatch(of: pattern) }
            .map { Import(attributes: $0.attributes, access: $0.access ?? "internal", module: String($0.module)) }
    }

    private static func messages(about statement: Import, module: String, allowed: Set<String>) -> [String] {
        var messages: [String] = []
        if !allowed.contains(statement.module), !everywhere.contains(statement.module) {
            messages.append("\(module) may not import \(statement.module)")
        }
        if internalOnly.contains(statement.module), ["public", "package"].contains(statement.access) {
            messages.append("\(statement.module) must be imported internally")
        }
        if statement.attributes.contains("@_exported") || statement.attributes.contains("@testable") {
            messages.append("sources neither re-export a module nor import one for tests")
        }
        return messages
    }

    private struct Import {
        let attributes: Substring
        let access: Substring
        let module: String
    }
}
