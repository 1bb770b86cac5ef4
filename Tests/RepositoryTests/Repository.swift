import Foundation

/// A tree of files to hold against the project's rules: this repository, or one planted by a test.
struct Repository {
    let root: URL

    /// The repository this file belongs to.
    static let current = Repository(
        root: URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    )

    /// The paths, relative to the root and sorted, of the files below `folder`, or of all files.
    ///
    /// Build products, installed tools and data are not the project's and left out. A folder that does not exist has
    /// no files.
    func files(below folder: String = "", named suffix: String = "") -> [String] {
        let start = root.appending(path: folder)
        guard let paths = FileManager.default.enumerator(atPath: start.path) else { return [] }
        var files: [String] = []
        while let path = paths.nextObject() as? String {
            let file = folder.isEmpty ? path : "\(folder)/\(path)"
            if isDirectory(file) {
                if isForeign(file) { paths.skipDescendants() }
            } else if file.hasSuffix(suffix) {
                files.append(file)
            }
        }
        return files.sorted()
    }

    /// The names of the folders directly inside `folder`.
    func folders(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)) ?? []
        return names.filter { isDirectory("\(folder)/\($0)") }.sorted()
    }

    /// The lines of a file, or nil if it is not text in UTF-8.
    func lines(of file: String) -> [Substring]? {
        guard
            let data = try? Data(contentsOf: root.appending(path: file)), !data.contains(0),
            let text = String(data: data, encoding: .utf8)
        else { return nil }
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    private func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: root.appending(path: path).path, isDirectory: &isDirectory)
        return exists && isDirectory.boolValue
    }

    private func isForeign(_ folder: String) -> Bool {
        let name = folder.split(separator: "/").last ?? ""
        let isHidden = name.hasPrefix(".") && !["ci", "github"].contains(name.dropFirst())
        return isHidden || name == "__pycache__" || ["data", "data-demo"].contains(folder)
    }
}

/// One place that breaks a rule.
struct Violation: CustomStringConvertible {
    let file: String
    var line: Int?
    let message: String

    var description: String {
        "\(file)\(line.map { ":\($0)" } ?? ""): \(message)"
    }
}
