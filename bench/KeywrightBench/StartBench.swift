import Foundation

/// How long a server takes to start, and how much memory it then takes.
struct StartBench {
    let server: String
    let folder: URL
    let size: Int

    /// On a folder that holds an administrator and one key.
    static func empty(server: String, folder: URL) throws -> StartBench {
        _ = try ServerProcess.bootstrap(server, folder)
        return StartBench(server: server, folder: folder, size: 0)
    }

    func run(_ table: Table) throws {
        var times: [Double] = []
        var memory: [Double] = []
        for _ in 0..<3 {
            let process = try ServerProcess(server, ["serve", "--data", folder.path, "--port", "0"])
            times.append(process.secondsToStart)
            memory.append(process.residentMemory)
            process.stop()
        }
        table.add("start with \(size) keys", "\((times.median * 1000).text(0)) ms", "goal under 1000 ms at 100,000")
        table.add("memory with \(size) keys stored", "\(memory.median.text(0)) MiB", "goal 60 empty, 250 at 1,000,000")
    }
}
