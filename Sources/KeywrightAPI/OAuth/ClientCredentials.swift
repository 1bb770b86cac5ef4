#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import HTTPTypes
import HummingbirdCore
import KeywrightDomain

/// How a client shows who it is (RFC 6749, section 2.3.1): the handle of an API key as its id, the whole key as its
/// secret.
struct ClientCredentials: Sendable {
    let id: String
    let secret: Secret

    /// The credentials of a request, by `Authorization: Basic` or in the body.
    ///
    /// - Returns: nil when there are none.
    /// - Throws: ``OAuthRefusal`` for both at once and for what cannot be read.
    static func read(_ call: Call, _ form: FormBody) throws(OAuthRefusal) -> ClientCredentials? {
        let fields = call.request.headers[values: .authorization]
        guard let field = fields.first else {
            guard let secret = form["client_secret"] else { return nil }
            guard let id = form["client_id"] else { throw .invalidClient }
            return ClientCredentials(id: id, secret: Secret(secret))
        }
        guard fields.count == 1, form["client_secret"] == nil else {
            throw OAuthRefusal(.invalidRequest, "The client shows who it is in more than one way.")
        }
        guard let credentials = basic(field) else { throw .invalidClient }
        guard form["client_id"] == nil || form["client_id"] == credentials.id else {
            throw OAuthRefusal(.invalidRequest, "The client gives two different ids.")
        }
        return credentials
    }

    /// `Basic` and the base64 of id and secret, both encoded as in a form, joined by a colon.
    private static func basic(_ field: String) -> ClientCredentials? {
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let bytes = Data(base64Encoded: String(parts[1])).map(Array.init),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let id = Query.decode(bytes[..<colon]), let secret = Query.decode(bytes[(colon + 1)...]),
            !id.isEmpty, !secret.isEmpty
        else { return nil }
        return ClientCredentials(id: id, secret: Secret(secret))
    }
}
