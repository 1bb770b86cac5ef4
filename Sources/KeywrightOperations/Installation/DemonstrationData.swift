public import KeywrightDomain
import KeywrightStore
import Synchronization

/// What of a demonstration nobody can look up later: to be printed once.
public struct DemonstrationData: Sendable {
    /// Somebody who can sign in.
    public struct Person: Sendable {
        /// The person.
        public let user: User
        /// The role that they hold.
        public let roleSlug: String
        /// Where they hold it.
        public let nrn: NRN
        /// Their password.
        public let password: Secret
    }

    /// The organization's name; it says what it is.
    public static let organizationName = "Example Organization (demonstration)"

    /// The organization.
    public let organization: Resource
    /// One person of each role that people may hold, the administrator first.
    public let persons: [Person]
    /// The value of the first Admin key.
    public let adminKey: Secret
}

extension Operations {
    /// Fills an empty installation with a demonstration organization: resources of every level, a person of each role,
    /// 60 listed API keys with uses, and beside these one internal, two expired and one deleted key.
    ///
    /// All of it goes through the ordinary operations, on a clock that runs through the half year before now, so that
    /// times of creation, of use and in the audit trail fit together. Names are the same every time; passwords and
    /// keys are random.
    ///
    /// - Throws: `.conflict` when the installation is set up already. It is not one transaction: what an interruption
    ///   leaves behind is a data folder to throw away.
    public func makeDemonstrationData() async throws -> DemonstrationData {
        guard try await !isSetUp() else {
            throw DomainError(
                .conflict, "The installation is set up already. A demonstration needs an empty data folder."
            )
        }
        let clock = DemonstrationClock(now())
        let operations = Operations(
            store: store, settings: settings, pepper: pepper, random: random, now: { clock.now }, logger: logger
        )
        return try await DemonstrationBuilder(operations: operations, clock: clock, end: now()).build()
    }
}

/// A clock that the demonstration sets.
final class DemonstrationClock: Sendable {
    private let time: Mutex<Instant>

    init(_ time: Instant) {
        self.time = Mutex(time)
    }

    var now: Instant { time.withLock { $0 } }

    func set(_ time: Instant) {
        self.time.withLock { $0 = time }
    }
}

extension RandomSource {
    /// A password that can be read out and typed: four groups of five out of 31 characters, about 99 bits.
    func password() -> Secret {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz2345679".utf8)
        var letters: [UInt8] = []
        while letters.count < 20 {
            // Bytes from 248 on are passed over: 248 is the largest multiple of 31.
            letters += bytes(32).filter { $0 < 248 }.map { alphabet[Int($0) % alphabet.count] }
        }
        let groups = stride(from: 0, to: 20, by: 5).map { String(decoding: letters[$0..<($0 + 5)], as: UTF8.self) }
        return Secret(groups.joined(separator: "-"))
    }
}
