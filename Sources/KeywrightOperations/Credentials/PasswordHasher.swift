import CryptoExtras
import Dispatch
import Foundation
import KeywrightDomain
import Synchronization

/// Turns passwords into what can only be checked (scrypt, RFC 7914), never on an event loop.
public final class PasswordHasher: Sendable {
    /// How much work a check takes.
    public struct Cost: Sendable {
        /// N; a power of two.
        public let rounds: Int
        /// r.
        public let blockSize: Int
        /// p.
        public let parallelism: Int

        /// A cost; lower ones are for tests.
        public init(rounds: Int, blockSize: Int, parallelism: Int) {
            self.rounds = rounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// N = 2^15, r = 8, p = 3: 32 MiB and about a quarter of a second.
        public static let standard = Cost(rounds: 1 << 15, blockSize: 8, parallelism: 3)
    }

    private let cost: Cost
    private let random: RandomSource
    /// One at a time: each check takes 32 MiB and a whole core.
    private let queue = DispatchQueue(label: "keywright.passwords", qos: .utility)
    private let waiting = Atomic(0)
    /// The most passwords that wait to be checked: some ten seconds' work.
    private static let limit = 40

    /// A hasher for new passwords at that cost; old ones are checked at the cost they were made with.
    public init(cost: Cost, random: RandomSource) {
        self.cost = cost
        self.random = random
    }

    /// The stored form of a password: `scrypt$<N>$<r>$<p>$<salt>$<key>`.
    func digest(of password: Secret) async throws -> String {
        let salt = random.bytes(16)
        let key = try await derive(password, salt, cost)
        let parameters = "\(cost.rounds)$\(cost.blockSize)$\(cost.parallelism)"
        return "scrypt$\(parameters)$\(Base64URL.encode(salt))$\(Base64URL.encode(key))"
    }

    /// Whether a password is the one of a stored form; a form that cannot be read matches none.
    func matches(_ password: Secret, _ digest: String) async throws -> Bool {
        let parts = digest.split(separator: "$").map(String.init)
        guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]), let blockSize = Int(parts[2]),
            let parallelism = Int(parts[3]), let salt = Base64URL.decode(parts[4]),
            let expected = Base64URL.decode(parts[5])
        else { return false }
        let cost = Cost(rounds: rounds, blockSize: blockSize, parallelism: parallelism)
        return ConstantTime.equal(try await derive(password, salt, cost), expected)
    }

    /// Refuses when too many passwords wait already, before anything is done for another one.
    ///
    /// - Throws: `.unavailable`.
    func checkRoom() throws(DomainError) {
        guard waiting.load(ordering: .relaxed) >= Self.limit else { return }
        var error = DomainError(.unavailable, "Too many people are signing in at once. Try again in a few seconds.")
        error.retryAfter = .seconds(5)
        throw error
    }

    /// A stored form that no password matches, which takes the same work to find out.
    var decoy: String {
        let zeros = Base64URL.encode([UInt8](repeating: 0, count: 32))
        return "scrypt$\(cost.rounds)$\(cost.blockSize)$\(cost.parallelism)$\(zeros)$\(zeros)"
    }

    private func derive(_ password: Secret, _ salt: [UInt8], _ cost: Cost) async throws -> [UInt8] {
        waiting.add(1, ordering: .relaxed)
        defer { waiting.subtract(1, ordering: .relaxed) }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result {
                        try KDF.Scrypt.deriveKey(
                            from: password.bytes, salt: salt, outputByteCount: 32, rounds: cost.rounds,
                            blockSize: cost.blockSize, parallelism: cost.parallelism
                        ).withUnsafeBytes { Array($0) }
                    }
                )
            }
        }
    }
}
