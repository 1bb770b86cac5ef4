import Foundation
import HTTPTypes
import KeywrightWire
import Testing

extension TestInstallation {
    /// Sends a form, as OAuth clients do.
    ///
    /// - Parameters:
    ///   - client: id and secret for `Authorization: Basic`.
    ///   - credential: what follows `Bearer`.
    func post(
        _ path: String, form parameters: [(String, String)], client: (id: String, secret: String)? = nil,
        as credential: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Reply {
        var headers = headers
        if let client { headers[.authorization] = Self.basic(client.id, client.secret) }
        let body = parameters.map { "\(Self.encode($0.0))=\(Self.encode($0.1))" }.joined(separator: "&")
        return try await call(
            .post, path, body, as: credential, headers: headers, contentType: "application/x-www-form-urlencoded")
    }

    static func basic(_ id: String, _ secret: String) -> String {
        "Basic \(Data("\(encode(id)):\(encode(secret))".utf8).base64EncodedString())"
    }

    /// Percent-encoded, all but letters and digits.
    static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            return scalar.properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte)
                ? String(scalar) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

extension MadeKey {
    /// The public part of its value.
    var handle: String { String(value.dropFirst(3).prefix(12)) }
}
