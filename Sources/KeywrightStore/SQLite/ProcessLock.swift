import Foundation
import KeywrightDomain

/// A lock file that admits one writing process to a data folder. The system lets go of it when the process ends,
/// however it ends.
final class ProcessLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock and writes this process's id into the file.
    ///
    /// - Throws: ``DataFolderLocked`` with the id of the process that has it; `.unavailable` when the file cannot be
    ///   opened.
    init(_ file: URL) throws {
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DataFile.refusal(file, errno) }
        DataFile.giveToFolderOwner(file)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var buffer = [UInt8](repeating: 0, count: 32)
            let count = read(descriptor, &buffer, buffer.count)
            close(descriptor)
            let text = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
            throw DataFolderLocked(processID: Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
        let text = Array("\(ProcessInfo.processInfo.processIdentifier)\n".utf8)
        ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
        self.descriptor = descriptor
    }

    func release() {
        ftruncate(descriptor, 0)
        flock(descriptor, LOCK_UN)
    }

    deinit {
        close(descriptor)
    }
}

/// Another process writes to the data folder.
public struct DataFolderLocked: Error, CustomStringConvertible {
    /// The process that has the lock, when it could be read.
    public let processID: Int32?

    /// Words for the person at the terminal.
    public var description: String {
        let holder = processID.map { "process \($0)" } ?? "another process"
        return "The data folder is in use by \(holder). Stop it first."
    }
}
