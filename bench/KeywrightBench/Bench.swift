import ArgumentParser
import Foundation

/// Measures Keywright against the least that could do the same work, side by side in one run.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "KeywrightBench",
        abstract: "Speed and memory as ratios against bare baselines, printed as one table.",
        subcommands: [RunAll.self, SigningServer.self, BareServer.self, VerifyData.self],
        defaultSubcommand: RunAll.self
    )
}

/// All measurements, or some of them.
struct RunAll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "Run the measurements.")

    @Option(help: "The server's binary.")
    var server = ".build/release/keywright"

    @Option(help: "Which: create, verify, lists, console, token, middleware, start. All when not given.")
    var only: [String] = []

    @Option(help: "The sizes of the lists and of the server's data, in keys.")
    var sizes: [Int] = [1_000, 100_000, 1_000_000]

    @Option(help: "Rounds of each side-by-side comparison; the medians count.")
    var rounds = 3

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "keywright-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let table = Table()
        func wants(_ name: String) -> Bool { only.isEmpty || only.contains(name) }
        print("Machine: \(Machine.description)\n")
        if wants("create") { try CreateBench(server: server, folder: folder, rounds: rounds).run(table) }
        if wants("verify") {
            for size in sizes { try await VerifyBench(folder: folder, keyCount: size).run(table) }
        }
        if wants("token") { try TokenBench(server: server, folder: folder, rounds: rounds).run(table) }
        if wants("middleware") { try await MiddlewareBench(server: server, folder: folder).run(table) }
        if wants("lists") || wants("console") || wants("start") {
            for size in sizes {
                let data = folder.appending(path: "data-\(size)")
                let population = try await Population.make(size, in: data, server: server)
                if wants("lists") { try await ListBench(population: population).run(table) }
                try await population.close()
                if wants("console") {
                    try ConsoleBench(server: server, folder: data, size: size, rounds: rounds).run(table)
                }
                if wants("start") { try StartBench(server: server, folder: data, size: size).run(table) }
            }
        }
        if wants("start") { try StartBench.empty(server: server, folder: folder.appending(path: "data-0")).run(table) }
        table.print()
    }
}

/// What was measured, a line each.
final class Table {
    private var rows: [(name: String, value: String, note: String)] = []

    func add(_ name: String, _ value: String, _ note: String = "") {
        rows.append((name, value, note))
        FileHandle.standardError.write(Data("\(name): \(value) \(note)\n".utf8))
    }

    func print() {
        Swift.print("| measurement | figure | against |")
        Swift.print("|---|---|---|")
        for row in rows { Swift.print("| \(row.name) | \(row.value) | \(row.note) |") }
    }
}

/// The machine and how busy it is.
enum Machine {
    static var description: String {
        let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = info.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last ?? "?"
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first ?? "?"
        return "\(ProcessInfo.processInfo.activeProcessorCount) cores,\(model), load \(load)"
    }
}

extension Array where Element == Double {
    /// The middle value; 0 for none.
    var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}

extension Double {
    func text(_ digits: Int = 1) -> String { String(format: "%.\(digits)f", self) }
}
