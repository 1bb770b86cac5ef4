import Foundation
import Synchronization

/// Sends the same kind of request over some connections, one thread each, as fast as answers come.
struct LoadGenerator {
    let port: Int
    let connections: Int

    struct Failed: Error {
        let answer: String
    }

    /// Sends `count` requests in all.
    ///
    /// - Parameter request: the bytes of the request with that number.
    /// - Returns: the seconds it took.
    func run(_ count: Int, expecting status: String, _ request: @escaping @Sendable (Int) -> [UInt8]) throws -> Double {
        let next = Atomic<Int>(0)
        let failure = Mutex<String?>(nil)
        let start = ContinuousClock.now
        DispatchQueue.concurrentPerform(iterations: 1) { _ in
            let threads = (0..<connections).map { _ in
                Thread {
                    let socket = Connection(port: port)
                    while true {
                        let number = next.add(1, ordering: .relaxed).oldValue
                        if number >= count { break }
                        let answer = socket.exchange(request(number))
                        if !answer.hasPrefix("HTTP/1.1 \(status)") {
                            failure.withLock { $0 = answer }
                            break
                        }
                    }
                    socket.finish()
                }
            }
            for thread in threads { thread.start() }
            for thread in threads { while !thread.isFinished { usleep(500) } }
        }
        if let answer = failure.withLock({ $0 }) { throw Failed(answer: String(answer.prefix(300))) }
        return (ContinuousClock.now - start).seconds
    }
}

extension LoadGenerator {
    /// The answer to one request.
    func answer(_ request: [UInt8]) throws -> String {
        let connection = Connection(port: port)
        defer { connection.finish() }
        return connection.exchange(request)
    }
}

/// A blocking keep-alive connection to loopback that reads answers with a Content-Length.
private final class Connection {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)

    init(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    func exchange(_ bytes: [UInt8]) -> String {
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return "" }
        var length = 0
        var end: Int?
        while true {
            let count = buffer.withUnsafeMutableBytes { bytes in
                let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[length...])
                return recv(descriptor, rest.baseAddress, rest.count, 0)
            }
            if count <= 0 { return "" }
            length += count
            if end == nil {
                let text = String(decoding: buffer[..<length], as: UTF8.self)
                guard let mark = text.range(of: "\r\n\r\n") else { continue }
                let head = text[..<mark.lowerBound].lowercased()
                let body = head.range(of: "content-length: ").flatMap {
                    Int(head[$0.upperBound...].prefix { $0.isNumber })
                }
                end = text[..<mark.upperBound].utf8.count + (body ?? 0)
            }
            if let end, length >= end { return String(decoding: buffer[..<length], as: UTF8.self) }
        }
    }

    func finish() { close(descriptor) }
}

/// A request with a JSON body.
func post(_ path: String, _ body: String, bearer: String? = nil) -> [UInt8] {
    var text = "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    if let bearer { text += "Authorization: Bearer \(bearer)\r\n" }
    return Array("\(text)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
}
