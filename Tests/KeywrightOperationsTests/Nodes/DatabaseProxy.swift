import Dispatch
import Foundation
import Synchronization

@testable import KeywrightStore

/// A way to a database server that a test can stall: what is sent through it is then neither answered nor refused, as
/// when a network drops packets.
final class DatabaseProxy: Sendable {
    private struct State {
        var isStalled = false
        var isClosed = false
    }

    private struct Failure: Error {
        let what: String
        let code = errno
    }

    /// How long it takes at most until a change of the state is obeyed, in milliseconds.
    private static let turn: CInt = 10

    /// The folder with the proxy's socket, as libpq's parameter `host` takes it.
    let folder: String
    private let port: String
    private let host: String
    private let listener: CInt
    private let state = Mutex(State())
    private let threads = DispatchGroup()

    init(to address: PostgresAddress) throws {
        host = address.value(of: "host") ?? "localhost"
        port = address.value(of: "port") ?? "5432"
        folder = FileManager.default.temporaryDirectory.appending(path: "proxy-\(UInt32.random(in: 0 ... .max))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        listener = try Self.onSocket("\(folder)/.s.PGSQL.\(port)") { bind($0, $1, $2) }
        guard listen(listener, 64) == 0 else { throw Failure(what: "listen") }
        start { [self] in accept() }
    }

    /// Stops forwarding, until ``resume()``.
    func stall() { state.withLock { $0.isStalled = true } }

    /// Forwards again, also what was held back.
    func resume() { state.withLock { $0.isStalled = false } }

    /// Closes all connections.
    func close() async {
        state.withLock { $0.isClosed = true }
        await withCheckedContinuation { continuation in
            threads.notify(queue: .global()) { continuation.resume() }
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func start(_ body: @escaping @Sendable () -> Void) {
        threads.enter()
        Thread { [threads] in
            body()
            threads.leave()
        }.start()
    }

    private func accept() {
        while !state.withLock({ $0.isClosed }) {
            var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            guard !waitsWhileStalled(), poll(&entry, 1, Self.turn) > 0 else { continue }
            let client = Foundation.accept(listener, nil, nil)
            if client >= 0 { start { [self] in forward(client) } }
        }
        Foundation.close(listener)
    }

    /// Waits a turn when the proxy is stalled.
    private func waitsWhileStalled() -> Bool {
        guard state.withLock({ $0.isStalled }) else { return false }
        _ = poll(nil, 0, Self.turn)
        return true
    }

    private func forward(_ client: CInt) {
        defer { Foundation.close(client) }
        guard let server = try? connectToServer() else { return }
        defer { Foundation.close(server) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !state.withLock({ $0.isClosed }) {
            if waitsWhileStalled() { continue }
            var entries = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&entries, 2, Self.turn) > 0 else { continue }
            for (entry, other) in [(entries[0], server), (entries[1], client)] where entry.revents != 0 {
                let count = recv(entry.fd, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                var sent = 0
                while sent < count {
                    let part = send(other, Array(buffer[sent..<count]), count - sent, CInt(MSG_NOSIGNAL))
                    guard part > 0 else { return }
                    sent += part
                }
            }
        }
    }

    private func connectToServer() throws -> CInt {
        if host.hasPrefix("/") { return try Self.onSocket("\(host)/.s.PGSQL.\(port)") { connect($0, $1, $2) } }
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port, &hints, &found) == 0, let found else { throw Failure(what: "getaddrinfo") }
        defer { freeaddrinfo(found) }
        let descriptor = socket(found.pointee.ai_family, found.pointee.ai_socktype, 0)
        guard connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else {
            Foundation.close(descriptor)
            throw Failure(what: "connect")
        }
        return descriptor
    }

    /// A new Unix socket, bound or connected.
    private static func onSocket(
        _ path: String, _ body: (CInt, UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) throws -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8CString)
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else {
            throw Failure(what: "a path too long")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes.map(UInt8.init(bitPattern:))) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            Foundation.close(descriptor)
            throw Failure(what: path)
        }
        return descriptor
    }
}
