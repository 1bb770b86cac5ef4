// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

/// What the HTTP layer needs of SwiftNIO, shared by the server and its tests.
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
    .product(name: "NIOHTTP2", package: "swift-nio-http2"),
    .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
    .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
    .product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
]

let package = Package(
    name: "keywright",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "keywright", targets: ["keywright"]),
        .library(name: "KeywrightClient", targets: ["KeywrightClient"]),
        .library(name: "KeywrightMiddleware", targets: ["KeywrightMiddleware"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.0"),
    ],
    targets: [
        .target(name: "KeywrightDomain", dependencies: [crypto], swiftSettings: settings),
        .target(name: "KeywrightWire", swiftSettings: settings),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(
            name: "KeywrightStore",
            dependencies: ["KeywrightDomain", "CLibPQ", grdb, grdbSQLite, logging],
            swiftSettings: settings
        ),
        .target(
            name: "KeywrightOperations",
            dependencies: ["KeywrightDomain", "KeywrightStore", crypto, cryptoExtras, jwtKit, logging],
            swiftSettings: settings
        ),
        .target(
            name: "KeywrightAPI",
            dependencies: [
                "KeywrightDomain", "KeywrightWire", "KeywrightOperations", hummingbird, logging,
                .product(name: "NIOCertificateReloading", package: "swift-nio-extras"),
            ] + nio,
            swiftSettings: settings
        ),
        .target(
            name: "KeywrightConsole",
            dependencies: ["KeywrightDomain", "KeywrightOperations", hummingbird, logging],
            resources: [.embedInCode("Resources")],
            swiftSettings: settings
        ),
        .target(
            name: "KeywrightClient",
            dependencies: ["KeywrightWire", asyncHTTPClient] + nio,
            swiftSettings: settings
        ),
        .target(
            name: "KeywrightMiddleware",
            dependencies: [
                "KeywrightDomain", "KeywrightWire", "KeywrightClient", hummingbird, jwtKit, crypto, logging,
                serviceLifecycle,
            ] + nio,
            swiftSettings: settings
        ),
        .executableTarget(
            name: "keywright",
            dependencies: [
                "KeywrightDomain", "KeywrightWire", "KeywrightStore", "KeywrightOperations", "KeywrightAPI",
                "KeywrightConsole", "KeywrightClient", argumentParser, hummingbird, logging, crypto,
                .product(name: "Configuration", package: "swift-configuration"),
                serviceLifecycle,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "NIOCertificateReloading", package: "swift-nio-extras"),
            ] + nio,
            swiftSettings: settings
        ),
        .executableTarget(
            name: "KeywrightBench",
            dependencies: [
                "KeywrightDomain", "KeywrightWire", "KeywrightStore", "KeywrightOperations", "KeywrightClient",
                "KeywrightMiddleware", hummingbird, grdb, grdbSQLite, jwtKit, crypto, logging, argumentParser,
            ],
            path: "bench/KeywrightBench",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "PostgresBench",
            dependencies: ["KeywrightDomain", "KeywrightStore", "KeywrightAPI", "CLibPQ", argumentParser, logging]
                + nio,
            path: "bench/PostgresBench",
            swiftSettings: settings
        ),
        // An application of its own would build every dependency a second time, which takes continuous integration as
        // long as all the rest; as a target of this package it costs seconds.
        .executableTarget(
            name: "ProtectedService",
            dependencies: ["KeywrightMiddleware", hummingbird, logging],
            path: "Examples/protected-service",
            swiftSettings: settings
        ),
        .testTarget(name: "RepositoryTests", swiftSettings: settings),
        .testTarget(name: "KeywrightDomainTests", dependencies: ["KeywrightDomain", crypto], swiftSettings: settings),
        .testTarget(name: "KeywrightWireTests", dependencies: ["KeywrightWire"], swiftSettings: settings),
        .testTarget(
            name: "KeywrightStoreTests",
            dependencies: ["KeywrightDomain", "KeywrightStore", grdb, logging],
            swiftSettings: settings
        ),
        .testTarget(
            name: "KeywrightOperationsTests",
            dependencies: ["KeywrightDomain", "KeywrightStore", "KeywrightOperations", crypto, jwtKit, logging],
            swiftSettings: settings
        ),
        .testTarget(
            name: "KeywrightAPITests",
            dependencies: [
                "KeywrightDomain", "KeywrightWire", "KeywrightStore", "KeywrightOperations", "KeywrightAPI",
                "KeywrightConsole", "keywright", asyncHTTPClient, hummingbird, logging, crypto,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ] + nio,
            swiftSettings: settings
        ),
        .testTarget(
            name: "KeywrightTransportTests",
            dependencies: [
                "KeywrightAPI", asyncHTTPClient, hummingbird, logging,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                serviceLifecycle,
            ] + nio,
            swiftSettings: settings
        ),
        .testTarget(
            name: "KeywrightClientTests",
            dependencies: ["KeywrightWire", "KeywrightClient", "keywright", argumentParser] + nio,
            swiftSettings: settings
        ),
        .testTarget(
            name: "KeywrightMiddlewareTests",
            dependencies: [
                "KeywrightDomain", "KeywrightWire", "KeywrightStore", "KeywrightOperations", "KeywrightAPI",
                "KeywrightClient", "KeywrightMiddleware", hummingbird, jwtKit, crypto, logging, serviceLifecycle,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ] + nio,
            swiftSettings: settings
        ),
    ]
)
