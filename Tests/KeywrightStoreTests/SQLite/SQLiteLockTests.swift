import Foundation
import KeywrightDomain
import Testing

@testable import KeywrightStore

@Suite("SQLite: one writing process")
struct SQLiteLockTests {
    @Test("a second writer is refused and told who has the lock; after closing the next one comes in")
    func refused() async throws {
        let database = SQLiteDatabase()
        let first = try database.openStore()
        let error = #expect(throws: DataFolderLocked.self) { try database.openStore() }
        #expect(error?.processID == ProcessInfo.processInfo.processIdentifier)
        #expect("\(try #require(error))".contains("\(ProcessInfo.processInfo.processIdentifier)"))
        #expect(throws: DataFolderLocked.self) {
            _ = try SQLiteStore.replaceDatabase(in: database.folder, with: SQLiteStore.databaseURL(in: database.folder))
        }
        _ = try await first.makeOrganization()
        try await first.close()
        let second = try database.openStore()
        #expect(try await second.read { try $0.organizations().count } == 1)
        try await second.close()
        await database.remove()
    }

    @Test("what a process left in the lock file does not lock", arguments: ["", "4194304\n", "garbage", "1\n1\n1\n"])
    func leftovers(_ text: String) async throws {
        let database = SQLiteDatabase()
        try FileManager.default.createDirectory(at: database.folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: database.folder.appending(path: "keywright.lock"))
        let store = try database.openStore()
        let error = #expect(throws: DataFolderLocked.self) { try database.openStore() }
        #expect(error?.processID == ProcessInfo.processInfo.processIdentifier)
        try await store.close()
        await database.remove()
    }

    private static let lockCommand = "/usr/bin/flock"

    @Test(
        "the lock of a process that was killed is free",
        .enabled(if: FileManager.default.isExecutableFile(atPath: lockCommand)))
    func killed() async throws {
        let database = SQLiteDatabase()
        try FileManager.default.createDirectory(at: database.folder, withIntermediateDirectories: true)
        let file = database.folder.appending(path: "keywright.lock").path
        let process = Process()
        process.executableURL = URL(filePath: Self.lockCommand)
        // It says when it has the lock, then holds it until it is killed.
        process.arguments = ["--no-fork", file, "cat", "/proc/self/stat", "-"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        #expect(!output.fileHandleForReading.availableData.isEmpty)
        #expect(throws: DataFolderLocked.self) { try database.openStore() }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let store = try database.openStore()
        try await store.close()
        await database.remove()
    }
}
