import Crypto
import KeywrightDomain

extension Operations {
    /// A link with a 128-bit token, of which only the digest is kept.
    func oneTimeLink(_ path: String, base: String? = nil) -> (url: Secret, digest: [UInt8]) {
        let token = Base64URL.encode(random.bytes(16))
        return (
            Secret("\(base ?? publicURL)/\(path)?token=\(token)"), Self.digest(oneTimeToken: Secret(token))
        )
    }

    /// What is kept of a one-time token.
    static func digest(oneTimeToken token: Secret) -> [UInt8] {
        Array(SHA256.hash(data: token.bytes))
    }
}
