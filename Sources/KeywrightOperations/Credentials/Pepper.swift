import Crypto
import Foundation
public import KeywrightDomain

/// The installation's key material: 32 random bytes that are never in the database.
///
/// Every stored digest depends on it: a stolen database confirms no key, and who can only write to the database forges
/// none. Other keys are derived from it (HKDF-SHA-256, RFC 5869).
public struct Pepper: Sendable, CustomStringConvertible, CustomReflectable {
    /// Length in bytes.
    public static let length = 32

    /// Which pepper this is; digests say with which they were made.
    public let version: Int64
    private let key: SymmetricKey
    /// The starts of the two hashes of every digest, which depend on the key alone.
    private let begun: (inner: SHA256, outer: SHA256)
    /// What refresh tokens are authenticated with.
    let refreshTokenKey: SymmetricKey
    /// Hears of every digest of a key, for tests that count what an answer costs.
    var onDigest: (@Sendable () -> Void)?

    /// A pepper from its bytes.
    ///
    /// - Throws: `.invalid` unless there are 32.
    public init(_ bytes: [UInt8], version: Int64 = 1) throws {
        guard bytes.count == Pepper.length else {
            throw DomainError.invalid("", "A pepper has \(Pepper.length) bytes.")
        }
        self.version = version
        key = SymmetricKey(data: bytes)
        begun = (Self.hash(begunWith: bytes, 0x36), Self.hash(begunWith: bytes, 0x5C))
        refreshTokenKey = Self.derive("refresh-tokens", from: key)
    }

    /// The value of `KEYWRIGHT_PEPPER` or of the pepper file: 32 bytes in base64 or hexadecimal.
    ///
    /// - Throws: `.invalid` when it is neither.
    public init(text: String) throws {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if trimmed.utf8.count == 64, let bytes = Pepper.hexadecimal(trimmed) {
            try self.init(bytes)
        } else if let data = Data(base64Encoded: trimmed) {
            try self.init(Array(data))
        } else {
            throw DomainError.invalid("", "The pepper must be 32 bytes, written in base64 or hexadecimal.")
        }
    }

    private static func hexadecimal(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count - 1, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }

    /// The digest that verifies a key's secret, as it is stored.
    public func digest(_ parts: KeyParts) -> SecretDigest {
        guard let handle = KeyHandle(parts.handle.span) else { return SecretDigest(bytes: [], pepperVersion: version) }
        return SecretDigest(bytes: digest(handle, parts.secret.span).bytes, pepperVersion: version)
    }

    private static let digestPurpose = Array("apikey\0".utf8)

    /// The digest that verifies a key's secret.
    func digest(_ handle: KeyHandle, _ secret: Span<UInt8>) -> Digest256 {
        onDigest?()
        let length = 6 + 1 + KeyFormat.handleLength + 1 + secret.count
        return withUnsafeTemporaryAllocation(byteCount: length, alignment: 1) { message in
            var end = 0
            for byte in Self.digestPurpose {
                message[end] = byte
                end += 1
            }
            handle.forEachByte { byte in
                message[end] = byte
                end += 1
            }
            message[end] = 0
            secret.withUnsafeBytes { secret in
                UnsafeMutableRawBufferPointer(rebasing: message[(end + 1)...]).copyMemory(from: secret)
            }
            var (inner, outer) = begun
            inner.update(bufferPointer: UnsafeRawBufferPointer(message))
            inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
            return Digest256(outer.finalize())
        }
    }

    /// A hash that has taken in a key, filled up to a block, as HMAC has it (RFC 2104). The library's HMAC can be begun
    /// beforehand, too, but takes half as long again over so few bytes.
    private static func hash(begunWith key: [UInt8], _ pad: UInt8) -> SHA256 {
        var hash = SHA256()
        let zeros = repeatElement(UInt8(0), count: SHA256.blockByteCount - key.count)
        hash.update(data: (key + zeros).map { $0 ^ pad })
        return hash
    }

    /// A value by which a later start knows that it has the same pepper.
    var checkValue: [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("keywright pepper check".utf8), using: key))
    }

    /// A key for one purpose.
    func derivedKey(_ purpose: String) -> SymmetricKey { Self.derive(purpose, from: key) }

    private static func derive(_ purpose: String, from key: SymmetricKey) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, info: Array("keywright/v1/\(purpose)".utf8), outputByteCount: 32
        )
    }

    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
