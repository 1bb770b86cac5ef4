import ArgumentParser
import Configuration
import Foundation
import KeywrightAPI
import KeywrightDomain
import KeywrightOperations
import KeywrightStore
import Logging
import SystemPackage

/// How a server runs: flags, then environment (`KEYWRIGHT_...`), then a JSON file, then defaults.
struct Settings: Sendable {
    var folder: URL
    /// The database that several nodes share; nil for the embedded one in the folder.
    var database: PostgresAddress?
    var usesDatabaseNotifications: Bool
    var host: String
    var port: Int
    var publicURL: String?
    var certificatePath: String?
    var keyPath: String?
    var trustedProxies: TrustedProxies
    var trustsAnyProxy: Bool
    var allowsInsecureHTTP: Bool
    var keyFormat: KeyFormat
    var accessTokenLifetime: Duration
    var signingKeyLifetime: Duration
    var keyLimit: Int
    var rememberedKeyCount: Int
    var eventLoopCount: Int?
    var logLevel: Logger.Level
    var passwordCost: PasswordHasher.Cost
    var limits: TransportLimits
    var isDemonstration: Bool

    /// A setting that cannot be used, in words for the person at the terminal.
    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    /// Whether connections are TLS.
    var isSecure: Bool { certificatePath != nil }

    /// Whether the host is this machine alone.
    var isLoopback: Bool { host == "localhost" || IPAddress(parsing: host)?.isLoopback == true }

    /// The host of the public URL, with its port; nil when none is set.
    var publicHost: String? {
        guard let url = publicURL.flatMap({ URL(string: $0) }), let name = url.host else { return nil }
        // An IPv6 address stands in brackets, which Foundation may take off.
        let host = name.contains(":") && !name.hasPrefix("[") ? "[\(name)]" : name
        return url.port.map { "\(host):\($0)" } ?? host
    }

    /// Plain HTTP leaves the machine only where a trusted proxy ends TLS or somebody insists.
    func check() throws {
        guard isSecure || isLoopback || trustsAnyProxy || allowsInsecureHTTP else {
            throw Invalid(
                description: """
                    Plain HTTP on \(host) would send API keys in the clear. Give --tls-certificate and --tls-key, or \
                    --trusted-proxy when a proxy in front ends TLS, or --insecure-http if you accept that.
                    """
            )
        }
        guard (certificatePath == nil) == (keyPath == nil) else {
            throw Invalid(description: "--tls-certificate and --tls-key go together.")
        }
        guard !isDemonstration || isLoopback else {
            throw Invalid(description: "Demonstration data is served on loopback only.")
        }
        guard !isDemonstration || database == nil else {
            throw Invalid(description: "Demonstration data is made in a data folder: leave --database out.")
        }
    }

    /// What is allowed and probably not meant, in words for the person at the terminal.
    var warnings: [String] {
        var warnings: [String] = []
        if allowsInsecureHTTP && !isSecure && !isLoopback {
            warnings.append("Serving plain HTTP beyond this machine: API keys travel in the clear.")
        }
        if trustsAnyProxy && publicURL == nil {
            warnings.append(
                "Without --public-url, links and cookies are those of plain HTTP on this machine, and any host is answered."
            )
        }
        if database != nil && publicURL == nil {
            warnings.append(
                "Without --public-url, tokens and links name this node alone: other nodes on the database refuse its tokens."
            )
        }
        return warnings
    }

    /// What the transport needs.
    func transport(_ certificates: TLSCertificates?) -> TransportSettings {
        var settings = TransportSettings()
        settings.limits = limits
        settings.certificates = certificates
        settings.trustedProxies = trustedProxies
        settings.publicHost = publicHost
        settings.anyHostPaths = ["/healthz", "/readyz"]
        return settings
    }
}

/// The flags of `serve`; each can also be set in the environment or in the file.
struct ServeOptions: ParsableArguments {
    @OptionGroup var data: DataOptions

    @Option(help: "on or off: whether commits wake the other nodes. Off behind a connection pooler. (default: on)")
    var databaseNotifications: Toggle?

    @Option(help: "The address to listen on. (default: 127.0.0.1)")
    var host: String?

    @Option(help: "The port to listen on; 0 picks a free one and prints it. (default: 8080)")
    var port: Int?

    @Option(help: "The address people and programs use, as in https://keys.example.com. Other hosts are refused.")
    var publicURL: String?

    @Option(help: "The certificate chain (PEM) to serve TLS with; read again when it changes.", completion: .file())
    var tlsCertificate: String?

    @Option(help: "The private key (PEM) of the certificate.", completion: .file())
    var tlsKey: String?

    @Option(help: "A network whose X-Forwarded-* fields are believed, as in 10.0.0.0/8. Repeatable.")
    var trustedProxy: [String] = []

    @Flag(help: "Serve plain HTTP on an address other than loopback.")
    var insecureHTTP = false

    @Option(help: "What every API key begins with. (default: kw)")
    var keyPrefix: String?

    @Option(help: "How long an access token works, as in 30m or 2h, from 1m to 24h. (default: 1h)")
    var accessTokenLifetime: String?

    @Option(help: "How long a key signs access tokens before the next one does, from 1d to 1000d. (default: 90d)")
    var signingKeyLifetime: String?

    @Option(help: "The most API keys of one organization. (default: 10000)")
    var maximumKeys: Int?

    @Option(help: "The most API keys kept in memory, some 400 bytes each. (default: 1000000)")
    var cacheKeys: Int?

    @Option(help: "How many threads take connections. (default: the number of cores)")
    var eventLoops: Int?

    @Option(help: "trace, debug, info, notice, warning, error or critical. (default: info)")
    var logLevel: String?

    @Option(help: "A JSON file with settings, named as the flags: {\"host\": \"...\"}.", completion: .file())
    var configuration: String?

    @Flag(help: "Serve a demonstration organization from --data, made on the first start. Loopback only.")
    var demo = false
}

/// Something that is on or off.
enum Toggle: String, CaseIterable, ExpressibleByArgument {
    case on
    case off
}

/// Where the data lies.
struct DataOptions: ParsableArguments {
    @Option(help: "The folder with the data. (default: ./data, or KEYWRIGHT_DATA)", completion: .directory)
    var data: String?

    @Option(
        help: """
            The PostgreSQL database that several nodes share, as in postgres://user@host/name; the folder holds only the \
            pepper then. (default: KEYWRIGHT_DATABASE, or none)
            """)
    var database: String?

    var folder: URL {
        let path = data ?? ProcessInfo.processInfo.environment["KEYWRIGHT_DATA"] ?? "./data"
        return URL(filePath: path, directoryHint: .isDirectory)
    }
}

extension Settings {
    /// The default settings on some data, for commands that do not serve.
    init(_ data: DataOptions) throws {
        let reader = ConfigReader(provider: EnvironmentVariablesProvider()).scoped(to: "keywright")
        var options = try ServeOptions.parse([])
        options.data = data
        try self.init(options, reader: reader)
    }

    /// Settings from flags, environment and file.
    ///
    /// - Throws: ``Invalid`` naming the setting.
    init(_ options: ServeOptions) async throws {
        let environment = ConfigReader(provider: EnvironmentVariablesProvider()).scoped(to: "keywright")
        guard let path = options.configuration ?? environment.string(forKey: "configuration") else {
            try self.init(options, reader: environment)
            return
        }
        do {
            let file = try await FileProvider<JSONSnapshot>(filePath: FilePath(path))
            let providers: [any ConfigProvider] = [
                EnvironmentVariablesProvider(), KeyMappingProvider(upstream: file) { $0.droppingFirst },
            ]
            try self.init(options, reader: ConfigReader(providers: providers).scoped(to: "keywright"))
        } catch let error as Invalid {
            throw error
        } catch {
            throw Invalid(description: "The settings file \(path) cannot be read: \(error)")
        }
    }

    private init(_ options: ServeOptions, reader: ConfigReader) throws {
        func text(_ flag: String?, _ key: ConfigKey) -> String? { flag ?? reader.string(forKey: key) }
        func number(_ flag: Int?, _ key: ConfigKey, _ name: String, _ range: ClosedRange<Int>) throws -> Int? {
            let value: Int
            if let flag {
                value = flag
            } else {
                guard let text = reader.string(forKey: key) ?? reader.int(forKey: key).map(String.init) else {
                    return nil
                }
                guard let parsed = Int(text) else { throw Invalid(description: "\(name) is not a number.") }
                value = parsed
            }
            guard range.contains(value) else {
                throw Invalid(description: "\(name) is from \(range.lowerBound) to \(range.upperBound).")
            }
            return value
        }
        folder = options.data.folder
        database = try (options.data.database ?? reader.string(forKey: "database", isSecret: true))
            .map(Self.checkedDatabase)
        let notifications = text(options.databaseNotifications?.rawValue, ["database", "notifications"]) ?? "on"
        guard let notifications = Toggle(rawValue: notifications) else {
            throw Invalid(description: "The notifications of the database are on or off.")
        }
        usesDatabaseNotifications = notifications == .on
        host = text(options.host, "host") ?? "127.0.0.1"
        port = try number(options.port, "port", "The port", 0...65_535) ?? 8080
        publicURL = try text(options.publicURL, ["public", "url"]).map(Self.checkedURL)
        certificatePath = text(options.tlsCertificate, ["tls", "certificate"])
        keyPath = text(options.tlsKey, ["tls", "key"])
        var proxies = options.trustedProxy
        if proxies.isEmpty { proxies = reader.stringArray(forKey: ["trusted", "proxy"]) ?? [] }
        trustedProxies = try TrustedProxies(parsing: proxies)
        trustsAnyProxy = !proxies.isEmpty
        allowsInsecureHTTP = options.insecureHTTP || reader.bool(forKey: ["insecure", "http"]) ?? false
        keyFormat = try KeyFormat(prefix: text(options.keyPrefix, ["key", "prefix"]) ?? "kw")
        accessTokenLifetime = try Self.lifetime(
            text(options.accessTokenLifetime, ["access", "token", "lifetime"]) ?? "1h", in: 60...86_400,
            "The access token's lifetime is from 1m to 24h, as in 30m.")
        signingKeyLifetime = try Self.lifetime(
            text(options.signingKeyLifetime, ["signing", "key", "lifetime"]) ?? "90d", in: 86_400...86_400_000,
            "The signing key's lifetime is from 1d to 1000d, as in 90d.")
        keyLimit = try number(options.maximumKeys, ["maximum", "keys"], "--maximum-keys", 1...100_000_000) ?? 10_000
        rememberedKeyCount =
            try number(options.cacheKeys, ["cache", "keys"], "--cache-keys", 0...100_000_000) ?? 1_000_000
        eventLoopCount = try number(options.eventLoops, ["event", "loops"], "--event-loops", 1...256)
        let level = text(options.logLevel, ["log", "level"]) ?? "info"
        guard let logLevel = Logger.Level(rawValue: level) else {
            throw Invalid(description: "There is no log level \(level).")
        }
        self.logLevel = logLevel
        let rounds = try number(nil, ["password", "rounds"], "KEYWRIGHT_PASSWORD_ROUNDS", 2...(1 << 20))
        passwordCost = rounds.map { PasswordHasher.Cost(rounds: $0, blockSize: 8, parallelism: 1) } ?? .standard
        limits = TransportLimits()
        isDemonstration = options.demo
    }

    /// The address of a database; the error does not repeat it, since a password may stand in it.
    static func checkedDatabase(_ text: String) throws -> PostgresAddress {
        do {
            return try PostgresAddress(parsing: text)
        } catch let error as DomainError {
            throw Invalid(description: error.detail)
        }
    }

    private static func checkedURL(_ text: String) throws -> String {
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme ?? ""), url.host != nil,
            url.query == nil, url.fragment == nil, url.user == nil, ["", "/"].contains(url.path)
        else { throw Invalid(description: "The public URL reads https://host or https://host:port.") }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func lifetime(_ text: String, in range: ClosedRange<Int64>, _ rule: String) throws -> Duration {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count > 0,
            count <= range.upperBound, range.contains(count * unit)
        else { throw Invalid(description: rule) }
        return .seconds(count * unit)
    }
}

extension AbsoluteConfigKey {
    /// The key without the scope that only the environment has; words joined as in a flag's name.
    fileprivate var droppingFirst: AbsoluteConfigKey {
        AbsoluteConfigKey([components.dropFirst().joined(separator: "-")])
    }
}
