public import Foundation
import KeywrightDomain
public import KeywrightStore

/// Opens what an installation needs beside its database, and makes it on the first start.
public enum Installation {
    /// Whether a database belongs to an installation that was opened before.
    public static func exists(in store: any Store) async throws -> Bool {
        try await store.read { try $0.setting(pepperSetting(1)) != nil }
    }

    /// The setting with the check value of a pepper.
    private static func pepperSetting(_ version: Int64) -> String { "pepper.\(version)" }

    /// The pepper of a data folder: `KEYWRIGHT_PEPPER`, or the file `pepper` beside the data, made on the first start.
    ///
    /// - Parameter environmentValue: the value of `KEYWRIGHT_PEPPER`; nil when it is not set.
    /// - Throws: `.invalid` when the value or the file is not 32 bytes; `.notFound` when the database exists and neither
    ///   is there.
    public static func pepper(
        in folder: URL, environmentValue: String?, databaseExists: Bool, random: RandomSource
    ) throws -> Pepper {
        if let environmentValue { return try Pepper(text: environmentValue) }
        let file = folder.appending(path: "pepper")
        if let text = try? String(contentsOf: file, encoding: .utf8) { return try Pepper(text: text) }
        try DataFile.checkAccess(to: file, R_OK)
        if FileManager.default.fileExists(atPath: file.path) {
            throw DomainError(.unavailable, "The pepper file \(file.path) cannot be read.")
        }
        guard !databaseExists else {
            throw DomainError(
                .notFound,
                "The pepper is missing: neither KEYWRIGHT_PEPPER nor \(file.path) is there, but the data needs it."
            )
        }
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
        )
        let text = Data(random.bytes(Pepper.length)).base64EncodedString() + "\n"
        // Written whole under another name first: a crash leaves no half pepper.
        let draft = folder.appending(path: "pepper.new")
        guard
            FileManager.default.createFile(
                atPath: draft.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o400]
            )
        else { throw DomainError(.unavailable, "The pepper file cannot be written in \(folder.path).") }
        DataFile.giveToFolderOwner(draft)
        try FileManager.default.moveItem(at: draft, to: file)
        return try Pepper(text: text)
    }

    /// Checks that the pepper is the one the data was made with, and makes the first signing key.
    ///
    /// - Throws: `.conflict` when the pepper is another one.
    public static func prepare(_ operations: Operations) async throws {
        let pepper = operations.pepper
        let now = operations.now()
        let key = try operations.accessTokens.signingKeys.make(at: now, signingFrom: now)
        let random = operations.random
        try await operations.store.write { transaction in
            if let stored = try transaction.setting(pepperSetting(pepper.version)) {
                guard ConstantTime.equal(stored, pepper.checkValue) else {
                    throw DomainError(
                        .conflict, "This pepper is not the one the data was made with. Nothing was changed."
                    )
                }
            } else {
                try transaction.set(pepperSetting(pepper.version), pepper.checkValue)
            }
            if try !ChangeCursor.hasHistory(in: transaction) {
                try ChangeCursor.beginHistory(random, in: transaction)
            }
            if try transaction.signingKeys().isEmpty {
                try transaction.insert(key)
                transaction.append(Change(.signingKey, 0, in: nil))
            }
        }
    }
}
