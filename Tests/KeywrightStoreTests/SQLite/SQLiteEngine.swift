import Foundation
import KeywrightDomain
import Logging

@testable import KeywrightStore

extension Engine {
    /// The embedded engine, in a folder of its own.
    static let sqlite = Engine(name: "SQLite") { SQLiteDatabase() }
}

/// A data folder of one test.
final class SQLiteDatabase: TestDatabase {
    let folder = FileManager.default.temporaryDirectory.appending(path: "keywright-store-\(UUID().uuidString)")
    let clock = TestClock()

    func open() async throws -> any Store { try openStore() }

    func openStore() throws -> SQLiteStore {
        try SQLiteStore(folder: folder, now: { [clock] in clock.now }, logger: .silent)
    }

    func tamper(_ store: any Store, _ sql: String) async throws {
        guard let store = store as? SQLiteStore else { throw SampleError() }
        try store.executeUnchecked("DROP TRIGGER IF EXISTS audit_events_stay_unchanged")
        try store.executeUnchecked(sql)
    }

    func remove() async {
        try? FileManager.default.removeItem(at: folder)
    }
}

extension Logger {
    /// A logger that keeps nothing.
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
