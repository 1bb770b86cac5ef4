import Foundation
import Hummingbird
import HummingbirdCore
import KeywrightAPI
import KeywrightConsole
import KeywrightDomain
import KeywrightOperations
import KeywrightStore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// The one place where the parts of a server are put together.
struct Server: Sendable {
    let settings: Settings
    let store: any Store
    let operations: Operations
    let logger: Logger

    /// Opens the data for writing: the lock of an embedded database, the pepper, the database and the operations.
    ///
    /// - Throws: `DataFolderLocked` when another process has the folder's database; `DomainError` when the pepper is
    ///   missing or wrong, or a shared database cannot be reached or is not prepared.
    init(
        _ settings: Settings, now: @escaping @Sendable () -> Instant = Server.systemClock,
        random: RandomSource = RandomSource(), logger: Logger
    ) async throws {
        let store = try Self.store(settings, now, logger)
        do {
            let databaseExists = try await Installation.exists(in: store)
            let pepper = try Installation.pepper(
                in: settings.folder, environmentValue: ProcessInfo.processInfo.environment["KEYWRIGHT_PEPPER"],
                databaseExists: databaseExists, random: random
            )
            var own = Operations.Settings(keyFormat: settings.keyFormat)
            own.accessTokenLifetime = settings.accessTokenLifetime
            own.signingKeyLifetime = settings.signingKeyLifetime
            own.keyLimit = settings.keyLimit
            own.rememberedKeyCount = settings.rememberedKeyCount
            own.passwordCost = settings.passwordCost
            own.publicURL = settings.publicURL ?? settings.listeningURL(port: settings.port)
            operations = Operations(
                store: store, settings: own, pepper: pepper, random: random, now: now, logger: logger
            )
            try await Installation.prepare(operations)
        } catch {
            try? await store.close()
            throw error
        }
        self.settings = settings
        self.store = store
        self.logger = logger
    }

    private static func store(
        _ settings: Settings, _ now: @escaping @Sendable () -> Instant, _ logger: Logger
    ) throws -> any Store {
        guard let database = settings.database else {
            return try SQLiteStore(folder: settings.folder, now: now, logger: logger)
        }
        var following = PostgresStore.Following()
        following.usesNotifications = settings.usesDatabaseNotifications
        return try PostgresStore(database, following: following, now: now, logger: logger)
    }

    /// The wall clock.
    static let systemClock: @Sendable () -> Instant = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Every route of API and console.
    ///
    /// - Parameter isDraining: whether the server is shutting down.
    func router(isDraining: @escaping @Sendable () -> Bool) -> Router<APIContext> {
        let api = API(
            operations, trustedProxies: settings.trustedProxies, isSecure: settings.isSecure, isDraining: isDraining
        )
        let router = api.router()
        ConsoleRoutes<APIContext>(operations: operations) { _, context in context.origin }.add(to: router)
        return router
    }

    /// Serves until a signal asks to stop, then finishes what was begun.
    ///
    /// - Parameter onListening: called with the port once connections are taken.
    func run(onListening: @escaping @Sendable (Int) async -> Void) async throws {
        let certificates = try settings.certificatePath.flatMap { certificate in
            try settings.keyPath.map { key in
                try TLSCertificates(
                    certificatePath: certificate, keyPath: key, refreshInterval: .seconds(5), logger: logger
                )
            }
        }
        var transportSettings = settings.transport(certificates)
        let hotPath = HotPath(operations, trustedProxies: settings.trustedProxies, logger: logger)
        transportSettings.makeImmediateResponder = hotPath.makeResponder
        let transport = try Transport(transportSettings)
        transport.whenDraining { operations.endWaiting() }
        let threads = settings.eventLoopCount.map { MultiThreadedEventLoopGroup(numberOfThreads: $0) }
        let application = Application(
            router: router { transport.isDraining }, server: transport.server,
            configuration: transport.configuration(address: .hostname(settings.host, port: settings.port)),
            onServerRunning: { channel in
                await transport.serverIsRunning(channel)
                if let port = channel.localAddress?.port, settings.publicURL == nil {
                    operations.listens(at: settings.listeningURL(port: port))
                }
                await onListening(channel.localAddress?.port ?? settings.port)
            },
            eventLoopGroupProvider: threads.map { .shared($0) } ?? .singleton, logger: logger
        )
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: Maintenance(operations: operations, logger: logger))
        ]
        if settings.database == nil {
            // Beside a shared database, operators' commands do it themselves.
            let request = OperatorRequest(folder: settings.folder)
            services.append(.init(service: OperatorRequests(request: request, operations, logger)))
        }
        if let certificates { services.append(.init(service: CertificateReloading(certificates: certificates))) }
        services.append(.init(service: application))
        var configuration = ServiceGroupConfiguration(services: services, logger: logger)
        configuration.gracefulShutdownSignals = [.sigterm, .sigint]
        configuration.maximumGracefulShutdownDuration = settings.limits.drainDeadline
        let group = ServiceGroup(configuration: configuration)
        do {
            try await group.run()
        } catch {
            try? await close()
            throw error
        }
        try await close()
    }

    /// Writes everything out and lets go of the data folder.
    func close() async throws {
        do {
            try await operations.flushUsage()
        } catch {
            logger.error("The last uses of API keys could not be written.", metadata: ["error": "\(error)"])
        }
        try await store.close()
    }
}

extension Settings {
    /// The address the server itself listens on.
    func listeningURL(port: Int) -> String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(name):\(port)"
    }
}

/// Writes uses of keys behind and removes what is out of date, until the server stops.
private struct Maintenance: Service {
    let operations: Operations
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                try await operations.learnHandles()
            } catch {
                // Without them every made-up key costs a look into the database, no more.
                logger.warning("Which API keys there are could not be read.", metadata: ["error": "\(error)"])
            }
            let pause = Duration.seconds(15)
            var round = 0
            var usageAge = Duration.zero
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: pause)
                    round += 1
                    usageAge += pause
                    if round % 40 == 0 { try await operations.maintain() }
                    if try await operations.flushUsage(after: usageAge) { usageAge = .zero }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("Maintenance will be tried again.", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}

/// Does what the operator asks through files in the data folder, until the server stops.
private struct OperatorRequests: Service {
    let request: OperatorRequest
    let operations: Operations
    let logger: Logger

    init(request: OperatorRequest, _ operations: Operations, _ logger: Logger) {
        self.request = request
        self.operations = operations
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await request.answer(operations, logger)
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }
}

/// Reads the certificate again when its files change.
private struct CertificateReloading: Service {
    let certificates: TLSCertificates

    func run() async throws {
        try await certificates.run()
    }
}
