import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why no answer arrived, in words for people.
enum TransportFailure {
    /// A sentence about an error of the layers below.
    static func text(for error: any Error, limits: KeywrightClient.Limits) -> String {
        switch error {
        case let error as HTTPClientError: text(for: error, limits: limits)
        case let error as NIOConnectionError: text(for: error)
        case let error as IOError: "The connection failed: \(reason(error))."
        case is NIOTooManyBytesError: "The server's answer is larger than \(limits.answerInBytes) bytes."
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: tlsText(for: error)
        default: "The connection failed: \(error)."
        }
    }

    private static func text(for error: HTTPClientError, limits: KeywrightClient.Limits) -> String {
        switch error {
        case .connectTimeout: "The server could not be reached in time."
        case .deadlineExceeded, .readTimeout:
            "The server did not answer within \(limits.time)."
        case .tlsHandshakeTimeout: "The server did not finish the TLS handshake in time. Does it speak https?"
        case .remoteConnectionClosed: "The server closed the connection before it answered."
        default: "The request failed: \(error.shortDescription)."
        }
    }

    private static func text(for error: NIOConnectionError) -> String {
        if let failure = error.connectionErrors.first {
            let cause = failure.error as? IOError
            return "Cannot connect to \(error.host):\(error.port): \(cause.map(reason) ?? "\(failure.error)")."
        }
        if error.dnsAError != nil || error.dnsAAAAError != nil {
            return "Cannot find the address of the host \(error.host)."
        }
        return "Cannot connect to \(error.host):\(error.port)."
    }

    private static func tlsText(for error: any Error) -> String {
        let text = String(describing: error)
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "The server's certificate is not trusted, or not valid now. Give the CA certificate that signed it."
        }
        if text.contains("failedToValidateHostname") {
            return "The server's certificate is for another host name."
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            return "The server does not speak TLS there. Is it http instead of https?"
        }
        return "The TLS handshake with the server failed."
    }

    /// Words for the usual causes, the system's for all others.
    private static func reason(_ error: IOError) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "connection refused (is the server running?)"
        case ENETUNREACH, EHOSTUNREACH: "no route to the host"
        case ECONNRESET: "connection reset by the server"
        case ETIMEDOUT: "no answer in time"
        default: "\(error)"
        }
    }
}
