import Foundation

/// A server of ours in a process of its own.
final class ServerProcess {
    private let process = Process()
    let port: Int
    /// Seconds from the start of the process until it took connections.
    let secondsToStart: Double

    struct DidNotStart: Error {}

    init(_ path: String, _ arguments: [String], prefix: String = "serves on") throws {
        let pipe = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        let start = ContinuousClock.now
        try process.run()
        var output = ""
        var found: Int?
        while found == nil {
            let data = pipe.fileHandleForReading.availableData
            if data.isEmpty { throw DidNotStart() }
            output += String(decoding: data, as: UTF8.self)
            for line in output.split(separator: "\n") where line.contains(prefix) {
                found = line.split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) }
            }
        }
        secondsToStart = (ContinuousClock.now - start).seconds
        port = found ?? 0
        let handle = pipe.fileHandleForReading
        handle.readabilityHandler = { _ = $0.availableData }
    }

    /// CPU seconds that the process has used.
    var cpuSeconds: Double {
        guard let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return 0 }
        let fields = text[end...].split(separator: " ")
        let ticks = (Double(fields[12]) ?? 0) + (Double(fields[13]) ?? 0)
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Resident memory in MiB.
    var residentMemory: Double {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS") }
        return (line?.split(separator: " ").compactMap { Double($0) }.first ?? 0) / 1024
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// Runs a command to its end and gives what it printed.
    static func output(_ path: String, _ arguments: [String], input: String = "") throws -> String {
        let process = Process()
        let (output, inputPipe) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = output
        process.standardInput = inputPipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        inputPipe.fileHandleForWriting.write(Data(input.utf8))
        try inputPipe.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Makes an administrator in a new data folder and gives the value of the first Admin key.
    static func bootstrap(_ server: String, _ folder: URL) throws -> String {
        try output(
            server,
            [
                "admin", "create", "--data", folder.path, "--organization", "Bench", "--email", "bench@example.com",
                "--password-stdin", "--with-key", "bench",
            ],
            input: "a password for benchmarks"
        )
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
