import CryptoExtras
import Dispatch
import Foundation
import KeywrightDomain

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

    private func derive(_ password: Secret, _ salt: [UInt8], _ cost: Cost) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
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
