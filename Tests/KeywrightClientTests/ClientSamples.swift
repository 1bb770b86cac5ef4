import Foundation
import Synchronization

@testable import KeywrightClient
@testable import KeywrightWire
@testable import keywright

/// A key that no server knows, with a checksum that is wrong.
let sampleSecret = "kw_abcdefghijkl_" + String(repeating: "S", count: 38)

/// An API key as a server answers it.
func keyJSON(_ id: Int = 17, name: String = "ci-main", secret: String? = nil) -> String {
    let value = secret.map { #","api_key":"\#($0)""# } ?? ""
    return #"{"id":\#(id),"name":"\#(name)","masked_api_key":"kw_abcdefghijkl_…SSSS","#
        + #""tags":[{"key":"team","value":"web"}],"grants":[{"nrn":"organization=1","role_id":696188987,"role_slug":"admin"}],"#
        + #""owner_id":2,"user_id":3,"enabled":true,"expires_at":null,"last_used_at":null,"#
        + #""created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"\#(value)}"#
}

/// A page of a list as a server answers it.
func pageJSON(_ results: [String], total: Int, limit: Int = 30, offset: Int = 0) -> String {
    #"{"paging":{"offset":\#(offset),"limit":\#(limit),"total":\#(total)},"results":[\#(results.joined(separator: ","))]}"#
}

/// A refusal as a server answers it.
func problemJSON(_ status: Int, _ message: String, errors: String = "") -> String {
    let list = errors.isEmpty ? "" : #","errors":[\#(errors)]"#
    return
        #"{"message":"\#(message)","type":"about:blank","title":"","status":\#(status),"detail":"\#(message)","code":"x"\#(list)}"#
}

/// What a command printed.
final class Captured: Sendable {
    private let texts = Mutex((output: "", errors: "", questions: [String]()))

    var output: String { texts.withLock { $0.output } }
    var errors: String { texts.withLock { $0.errors } }
    var questions: [String] { texts.withLock { $0.questions } }

    /// Streams that end up here.
    ///
    /// - Parameter answer: what the person at the terminal says; nil when nobody is there.
    func streams(answer: Bool? = nil) -> StandardStreams {
        StandardStreams(
            write: { bytes in self.texts.withLock { $0.output += String(decoding: bytes, as: UTF8.self) } },
            writeError: { bytes in self.texts.withLock { $0.errors += String(decoding: bytes, as: UTF8.self) } },
            ask: answer.map { answer in
                { @Sendable question in
                    self.texts.withLock { $0.questions.append(question) }
                    return answer
                }
            }
        )
    }
}

extension StubServer {
    /// A client of this server that does not wait between attempts, but notes how long it would have.
    func client(
        credential: String? = sampleSecret, limits: KeywrightClient.Limits = .init(), pauses: Pauses = Pauses()
    ) throws -> KeywrightClient {
        try KeywrightClient(url: url, credential: credential.map { SensitiveText($0) }, limits: limits) {
            pauses.note($0)
        }
    }

    /// A session of a command with this server.
    func session(_ captured: Captured, answer: Bool? = nil) throws -> RemoteSession {
        RemoteSession(client: try client(), streams: captured.streams(answer: answer), now: 1_767_225_600_000)
    }
}

/// The waits between the attempts of a client.
final class Pauses: Sendable {
    private let durations = Mutex<[Duration]>([])

    var all: [Duration] { durations.withLock { $0 } }

    func note(_ duration: Duration) {
        durations.withLock { $0.append(duration) }
    }
}
