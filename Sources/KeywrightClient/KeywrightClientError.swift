public import KeywrightWire

/// Why a call of ``KeywrightClient`` failed. Never holds a key, a token or a body.
public enum KeywrightClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The client cannot be made from what was given: the URL, the credential or the CA certificate.
    case settings(String)
    /// The server refused the request and said why.
    ///
    /// - Parameter requestID: what the server's log calls the request; nil when the answer does not tell.
    case problem(ProblemObject, status: Int, requestID: String?)
    /// No answer arrived: no connection, no trust, no time left.
    case transport(String)
    /// An answer arrived that this client cannot read, as from another server or a proxy.
    case unexpected(String, status: Int, requestID: String?)

    /// A sentence for people. Parts of it may be the server's words, with any character in them.
    public var description: String {
        switch self {
        case .settings(let text), .transport(let text), .unexpected(let text, _, _): text
        case .problem(let problem, _, _): problem.message
        }
    }

    /// The HTTP status of the answer; nil when there was none.
    public var status: Int? {
        switch self {
        case .settings, .transport: nil
        case .problem(_, let status, _), .unexpected(_, let status, _): status
        }
    }
}
