public import Foundation
public import KeywrightDomain

/// A file of a data folder: whose it is, and why it cannot be used.
public enum DataFile {
    /// Gives a file that was made in a folder to the folder's owner, when root made it.
    ///
    /// An operator's command may run as root in the folder of the user that serves, who has to open what it left there.
    /// SQLite does the same with the files that it makes beside its database.
    public static func giveToFolderOwner(_ file: URL) {
        var folder = stat()
        guard geteuid() == 0, stat(file.deletingLastPathComponent().path, &folder) == 0 else { return }
        // A link that somebody put there is not followed.
        _ = lchown(file.path, folder.st_uid, folder.st_gid)
    }

    /// Checks that a file or folder can be opened, if it is there.
    ///
    /// - Parameter mode: `R_OK`, `W_OK` and `X_OK`, joined.
    /// - Throws: `.unavailable` naming the path and the cause.
    public static func checkAccess(to file: URL, _ mode: Int32) throws(DomainError) {
        if access(file.path, mode) == 0 { return }
        let code = errno
        if code != ENOENT { throw refusal(file, code) }
    }

    /// Why a file cannot be opened: the path, the system's reason, and for want of permission whose it is.
    static func refusal(_ file: URL, _ code: Int32) -> DomainError {
        var text = "\(file.path) cannot be opened: \(String(cString: strerror(code)))."
        if code == EACCES, let owner = owner(of: file), owner != NSUserName() {
            text += " It belongs to the user \(owner); this process runs as \(NSUserName())."
        }
        return DomainError(.unavailable, text)
    }

    /// The name of a file's owner; that of the folder's where the file cannot be looked at.
    private static func owner(of file: URL) -> String? {
        for url in [file, file.deletingLastPathComponent()] {
            let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
            if let name = attributes?[.ownerAccountName] as? String { return name }
        }
        return nil
    }
}
