public import Foundation
import KeywrightDomain

extension SQLiteStore {
    /// Puts a database file in place of the one in a data folder, under the folder's lock.
    ///
    /// - Returns: where the database that was there is kept; nil when there was none.
    /// - Throws: ``DataFolderLocked`` when another process writes there.
    public static func replaceDatabase(in folder: URL, with file: URL) throws -> URL? {
        let manager = FileManager.default
        try makeFolder(folder)
        let lock = try ProcessLock(lockURL(in: folder))
        defer { lock.release() }
        let database = databaseURL(in: folder)
        // Copied whole beside it first: a crash in between leaves the old database as it was.
        let draft = folder.appending(path: "keywright.db.restoring")
        try? manager.removeItem(at: draft)
        try manager.copyItem(at: file, to: draft)
        try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: draft.path)
        DataFile.giveToFolderOwner(draft)
        var kept: URL?
        if manager.fileExists(atPath: database.path) {
            let base = folder.appending(path: "keywright.db.before-restore")
            var number = 1
            var target = base
            while manager.fileExists(atPath: target.path) {
                number += 1
                target = folder.appending(path: "keywright.db.before-restore-\(number)")
            }
            try move(database, to: target)
            kept = target
        }
        try manager.moveItem(at: draft, to: database)
        return kept
    }

    /// Puts back what ``replaceDatabase(in:with:)`` kept.
    public static func undoReplacement(in folder: URL, kept: URL?) throws {
        let database = databaseURL(in: folder)
        for suffix in suffixes { try? FileManager.default.removeItem(atPath: database.path + suffix) }
        if let kept { try move(kept, to: database) }
    }

    private static func move(_ source: URL, to target: URL) throws {
        for suffix in suffixes where FileManager.default.fileExists(atPath: source.path + suffix) {
            try FileManager.default.moveItem(atPath: source.path + suffix, toPath: target.path + suffix)
        }
    }
}
