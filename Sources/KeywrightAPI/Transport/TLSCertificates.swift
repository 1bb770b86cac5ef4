public import Logging
import NIOCertificateReloading
import NIOHTTP2
import NIOSSL
import Synchronization

/// A certificate chain and its key in PEM files, read again while the server runs.
///
/// New files serve new connections from the next reading on. Files that cannot be used, or do not belong together
/// because only one of them has been replaced so far, leave the last good pair in use; the log says so once.
public struct TLSCertificates: Sendable {
    private let reloader: TimedCertificateReloader

    /// Reads the files.
    ///
    /// - Parameter refreshInterval: How often `run()` reads them again.
    /// - Throws: `TLSCertificatesError` when they are missing, unreadable or do not belong together.
    public init(
        certificatePath: String, keyPath: String, refreshInterval: Duration = .seconds(60), logger: Logger
    ) throws {
        let log = ReloadLog(logger: logger, certificatePath: certificatePath)
        let configuration = TimedCertificateReloader.Configuration(
            refreshInterval: refreshInterval,
            certificateSource: .init(location: .file(path: certificatePath), format: .pem),
            privateKeySource: .init(location: .file(path: keyPath), format: .pem)
        ) {
            $0.onCertificateLoaded = { log.loaded(isNew: $0.currentCertificateChain != $0.previousCertificateChain) }
            $0.onCertificateLoadFailed = { log.failed(TLSCertificatesError($0.error)) }
        }
        do {
            reloader = try TimedCertificateReloader.makeReloaderValidatingSources(configuration: configuration)
        } catch {
            throw TLSCertificatesError(error)
        }
        log.begin()
    }

    /// Reads the files again at every interval, until the server shuts down.
    public func run() async throws {
        try await reloader.run()
    }

    /// Reads the files again now.
    ///
    /// - Throws: `TLSCertificatesError`; the last good pair stays in use.
    public func reload() throws {
        do {
            try reloader.reload()
        } catch {
            throw TLSCertificatesError(error)
        }
    }

    func serverConfiguration() throws -> TLSConfiguration {
        var configuration = try TLSConfiguration.makeServerConfiguration(certificateReloader: reloader)
        configuration.minimumTLSVersion = .tlsv12
        // Of TLS 1.2 only what HTTP/2 allows, too: forward secrecy and authenticated encryption (RFC 9113, section 9.2).
        configuration.cipherSuites = "ECDH+AESGCM:ECDH+CHACHA20"
        configuration.applicationProtocols = NIOHTTP2SupportedALPNProtocols
        return configuration
    }
}

/// Why a certificate or its key cannot be used. Says nothing of what the key file holds.
public struct TLSCertificatesError: Error, CustomStringConvertible {
    /// A sentence for the operator.
    public let description: String

    init(_ error: any Error) {
        if let error = error as? Self {
            self = error
        } else if let error = error as? TimedCertificateReloader.Error {
            description =
                error == .publicKeyMismatch ? "The certificate and the private key do not belong together." : "\(error)"
        } else {
            description = "The certificate or the private key is not a valid PEM file."
        }
    }
}

/// Says what became of the files, without repeating itself at every reading.
private final class ReloadLog: Sendable {
    private let logger: Logger
    private let certificatePath: String
    private let state = Mutex((hasBegun: false, failure: String?.none))

    init(logger: Logger, certificatePath: String) {
        self.logger = logger
        self.certificatePath = certificatePath
    }

    func begin() {
        state.withLock { $0.hasBegun = true }
    }

    func loaded(isNew: Bool) {
        let hasBegun = state.withLock {
            $0.failure = nil
            return $0.hasBegun
        }
        if hasBegun, isNew {
            logger.notice("TLS certificate replaced", metadata: ["certificate": "\(certificatePath)"])
        }
    }

    func failed(_ error: TLSCertificatesError) {
        let isNews = state.withLock { state in
            defer { state.failure = error.description }
            return state.hasBegun && state.failure != error.description
        }
        if isNews {
            logger.warning(
                "TLS certificate not replaced: the files cannot be used",
                metadata: ["certificate": "\(certificatePath)", "reason": "\(error.description)"])
        }
    }
}
