import Foundation
import Hummingbird
import KeywrightMiddleware
import Logging

/// A small service behind Keywright: lists and creates deployments, for whoever may.
///
/// It reads from the environment where Keywright is (`KEYWRIGHT_URL`), the service's own key with the role `verifier`
/// (`KEYWRIGHT_API_KEY`), and the port to listen on (`PORT`, 9000 when not set; 0 picks a free one).
@main
struct ProtectedService {
    static func main() async {
        let environment = ProcessInfo.processInfo.environment
        guard let url = environment["KEYWRIGHT_URL"], let key = environment["KEYWRIGHT_API_KEY"],
            let port = Int(environment["PORT"] ?? "9000"), (0...65_535).contains(port)
        else { fail("Set KEYWRIGHT_URL and KEYWRIGHT_API_KEY. PORT is a number from 0 to 65535.", 2) }
        let logger = Logger(label: "protected-service")
        let verifier: KeywrightVerifier
        do {
            // One verifier for all routes. As a service of the application it follows Keywright's change feed.
            verifier = try KeywrightVerifier(url: url, credential: key, logger: logger)
        } catch {
            fail("KEYWRIGHT_URL or KEYWRIGHT_API_KEY cannot be used: \(error)", 1)
        }
        do {
            try await serve(verifier, port: port, logger)
        } catch {
            fail("The service cannot run on http://127.0.0.1:\(port): \(error)", 1)
        }
    }

    /// Ends the process with a sentence: an error that is thrown here would end it as a crash does.
    static func fail(_ sentence: String, _ code: Int32) -> Never {
        FileHandle.standardError.write(Data("\(sentence)\n".utf8))
        exit(code)
    }

    /// Serves until a signal asks to stop.
    static func serve(_ verifier: KeywrightVerifier, port: Int, _ logger: Logger) async throws {
        let application = Application(
            router: try router(verifier),
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            services: [verifier],
            onServerRunning: { channel in
                print("The service listens on http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
                fflush(nil)
            },
            logger: logger
        )
        try await application.runService()
    }

    /// The routes, each behind what its caller must be allowed.
    static func router(_ verifier: KeywrightVerifier) throws -> Router<ServiceContext> {
        let router = Router(context: ServiceContext.self)
        let deployments = Deployments()

        // Any good key or token.
        router.group("whoami")
            .add(middleware: KeywrightMiddleware(verifier))
            .get { _, context in "\(context.caller)\n" }

        // The resource is the account that the path names.
        let account = "organization=1:account={account}"
        router.group("accounts/{account}/deployments")
            .add(middleware: try KeywrightMiddleware(verifier, action: "deployment:read", nrn: account))
            .get { _, context in await deployments.list(try context.account).joined(separator: "\n") + "\n" }
        router.group("accounts/{account}/deployments")
            .add(middleware: try KeywrightMiddleware(verifier, action: "deployment:create", nrn: account))
            .post { _, context in
                await deployments.add("deployed by \(context.caller)", to: try context.account)
                return HTTPResponse.Status.created
            }
        return router
    }
}

/// What handlers know about a request.
struct ServiceContext: KeywrightRequestContext {
    var coreContext: CoreRequestContextStorage
    var verifiedKey: VerifiedKey?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }

    /// Who calls, in words.
    var caller: String {
        verifiedKey.map { "\($0.name) (key \($0.id))" } ?? "nobody"
    }

    /// The account that the path names.
    var account: Int64 {
        get throws { try parameters.require("account", as: Int64.self) }
    }
}

/// The deployments of each account, in memory.
actor Deployments {
    private var lines: [Int64: [String]] = [:]

    func list(_ account: Int64) -> [String] { lines[account] ?? [] }

    func add(_ line: String, to account: Int64) {
        lines[account, default: []].append(line)
    }
}
