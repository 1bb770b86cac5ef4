import ArgumentParser
import Foundation
import KeywrightDomain
import KeywrightOperations
import KeywrightStore
import Logging

/// Makes the data of `make bench-verify`: a data folder with keys whose values are known, and files that hold them.
///
/// Written into the folder `--output`, each with the mode 0600 and a line each: `keys.tsv`, `unknown.tsv` (well-formed,
/// never stored), `caller.tsv` (a verifier) as value, id, handle, name and resources of the grants; `roles.tsv` with the
/// actions of the roles; `admin` with the value of an Admin key.
struct VerifyData: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "verify-data", shouldDisplay: false)

    @Option(help: "The server's binary.")
    var server = ".build/release/keywright"

    @Option(help: "The data folder to make.")
    var data: String

    @Option(help: "The folder for the files.")
    var output: String

    @Option(help: "How many keys.")
    var keys = 100_000

    func run() async throws {
        let folder = URL(filePath: data, directoryHint: .isDirectory)
        try write("admin", [try ServerProcess.bootstrap(server, folder)])
        let store = try SQLiteStore(folder: folder, now: { VerifyKeys.time }, logger: Logger(label: "bench"))
        let pepper = try Installation.pepper(
            in: folder, environmentValue: nil, databaseExists: true, random: RandomSource()
        )
        let applications = try await store.write { try VerifyKeys.makeTree($0) }
        let maker = VerifyKeys(format: try KeyFormat(), pepper: pepper, applications: applications)
        try write("keys.tsv", try await maker.insert(keys, into: store))
        try write("caller.tsv", [try await maker.insertVerifier(into: store)])
        try write("unknown.tsv", (0..<1_000).map { maker.unknown($0) })
        let roles = [VerifyKeys.role, Role.insightsViewer, Role.verifier].compactMap { RoleCatalogue()[$0] }
        try write("roles.tsv", roles.map { "\($0.slug)\t\(RoleCatalogue().effectiveActions(of: $0).named.texts)" })
        try await store.close()
    }

    private func write(_ name: String, _ lines: [String]) throws {
        let file = URL(filePath: output, directoryHint: .isDirectory).appending(path: name)
        let text = lines.joined(separator: "\n") + "\n"
        guard
            FileManager.default.createFile(
                atPath: file.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]
            )
        else { throw CocoaError(.fileWriteUnknown) }
    }
}

extension [Action] {
    fileprivate var texts: String { map(\.name).joined(separator: ",") }
}

/// Keys with two grants each, spread over a tree of a hundred applications.
struct VerifyKeys: Sendable {
    static let time = Instant(milliseconds: 1_790_000_000_000)
    static let role = Role.developer

    let format: KeyFormat
    let pepper: Pepper
    let applications: [NRN]

    /// Five accounts with four namespaces of five applications each.
    static func makeTree(_ transaction: any WriteTransaction) throws -> [NRN] {
        func add(_ count: Int, below parents: [NRN]) throws -> [NRN] {
            try parents.flatMap { parent in
                try (0..<count).map { number in
                    guard let level = parent.level.child,
                        let nrn = parent.child(try transaction.allocate(.resource(level)))
                    else { throw CocoaError(.coderInvalidValue) }
                    try transaction.insert(
                        Resource(
                            nrn: nrn, name: "\(level.name) \(number)", slug: "\(level.name)-\(nrn.id)",
                            createdAt: time, updatedAt: time
                        )
                    )
                    return nrn
                }
            }
        }
        let accounts = try add(5, below: [NRN(organization: 1)])
        return try add(5, below: try add(4, below: accounts))
    }

    /// Adds keys.
    ///
    /// - Returns: a line for each.
    func insert(_ count: Int, into store: SQLiteStore) async throws -> [String] {
        var lines: [String] = []
        let step = 2_000
        for start in stride(from: 0, to: count, by: step) {
            lines += try await store.write { transaction in
                try (start..<min(start + step, count)).map { number in
                    let application = applications[number % applications.count]
                    return try insert(
                        "service-\(number)",
                        [(application, Self.role), (application.cut(to: .account), Role.insightsViewer)], transaction
                    )
                }
            }
        }
        return lines
    }

    /// Adds the key of a service that asks.
    ///
    /// - Returns: its line.
    func insertVerifier(into store: SQLiteStore) async throws -> String {
        try await store.write { try insert("verifier", [(NRN(organization: 1), Role.verifier)], $0) }
    }

    /// The line of a key that is stored nowhere.
    func unknown(_ number: Int) -> String {
        var random = SystemRandomNumberGenerator()
        let key = format.generate(using: &random)
        return
            "\(key.value.reveal())\t0\t\(key.parts.handleText)\tunknown\t\(applications[number % applications.count])"
    }

    private func insert(
        _ name: String, _ grants: [(NRN, Role.ID)], _ transaction: any WriteTransaction
    ) throws -> String {
        var random = SystemRandomNumberGenerator()
        let new = format.generate(using: &random)
        let key = APIKey(
            id: APIKey.ID(try transaction.allocate(.apiKey)), organizationID: Organization.ID(1), name: name,
            handle: new.parts.handleText, ending: new.ending, digest: pepper.digest(new.parts), tags: [],
            grants: try grants.map { nrn, role in
                Grant(
                    id: Grant.ID(try transaction.allocate(.grant)), nrn: nrn, roleID: role,
                    roleSlug: RoleCatalogue()[role]?.slug ?? ""
                )
            },
            ownerID: User.ID(1), isInternal: false, isEnabled: true, expiresAt: nil, createdAt: Self.time,
            updatedAt: Self.time
        )
        try transaction.insert(key)
        let places = grants.map { "\($0.0) \(RoleCatalogue()[$0.1]?.slug ?? "")" }.joined(separator: "\t")
        return "\(new.value.reveal())\t\(key.id)\t\(key.handle)\t\(name)\t\(places)"
    }
}
