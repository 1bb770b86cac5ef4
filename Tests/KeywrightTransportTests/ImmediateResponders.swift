import NIOCore

@testable import KeywrightAPI

/// Answers `POST /hot` with its body.
final class HotEcho: ImmediateResponder {
    func answer(_ head: PlainHead, in bytes: Span<UInt8>, body: Span<UInt8>, on channel: any Channel) -> ByteBuffer? {
        guard head.method == .post, text(bytes.extracting(head.target)) == "/hot" else { return nil }
        let text = "hot \(text(body))"
        return ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
    }

    private func text(_ bytes: Span<UInt8>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}

/// Notes what it is asked about and answers nothing.
final class DeclinesAll: ImmediateResponder {
    private let asked: Reached

    init(_ asked: Reached) {
        self.asked = asked
    }

    func answer(_ head: PlainHead, in bytes: Span<UInt8>, body: Span<UInt8>, on channel: any Channel) -> ByteBuffer? {
        asked.note(bytes.extracting(head.target).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
        return nil
    }
}

/// Answers whatever it is shown, with 299.
final class AnswersAll: ImmediateResponder {
    func answer(_ head: PlainHead, in bytes: Span<UInt8>, body: Span<UInt8>, on channel: any Channel) -> ByteBuffer? {
        ByteBuffer(string: "HTTP/1.1 299 Answered\r\nContent-Length: 0\r\n\r\n")
    }
}
