import Crypto
import Foundation
import KeywrightDomain

/// What sessions and sign-in need of the pepper: without it, the database alone lets nobody in.
struct SessionKeys: Sendable {
    private let values: SymmetricKey
    private let forms: SymmetricKey
    private let addresses: SymmetricKey

    init(_ pepper: Pepper) {
        values = pepper.derivedKey("sessions")
        forms = pepper.derivedKey("form-tokens")
        addresses = pepper.derivedKey("sign-in-attempts")
    }

    /// What is stored of a session's value.
    func digest(ofValue value: Secret) -> [UInt8] { code(value.bytes, values) }

    /// What stands for an address in the count of failures.
    func digest(ofAddress address: String) -> [UInt8] { code(Array(address.utf8), addresses) }

    /// What a form must carry to be taken for one of this session.
    func formToken(for value: Secret) -> String { Base64URL.encode(code(value.bytes, forms)) }

    private func code(_ bytes: [UInt8], _ key: SymmetricKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
    }
}
