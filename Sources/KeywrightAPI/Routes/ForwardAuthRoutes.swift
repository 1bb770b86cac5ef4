import HTTPTypes
import KeywrightDomain
import KeywrightOperations

extension API {
    /// `/forward-auth`: what a proxy asks before it lets a request pass.
    ///
    /// Open, since the credential in question speaks for itself.
    var forwardAuthRoutes: [Route] {
        [
            open(.get, VerifyPath.forward) { [operations] call in
                let question = try ForwardAuth.question(call.queryText)
                let shown = ForwardAuth.credential(
                    authorization: call.values(of: .authorization),
                    apiKey: call.values(of: .xAPIKey)
                )
                guard case .one(let credential) = shown else { return ForwardAuth.refusal(shown) }
                let finding = try await operations.verifyForward(
                    Secret(String(credential)), question, from: call.context.origin
                )
                return ForwardAuth.answer(finding, to: question)
            }
        ]
    }
}

/// How a request to a proxy is judged, whichever way the proxy's question came.
enum ForwardAuth {
    typealias Question = VerificationRequest.Question

    /// The credentials that a request shows.
    enum Shown {
        case none
        case one(Substring)
        case several
    }

    /// What is asked: action and resource stand in the query alone, so that no header of a client can change them.
    ///
    /// - Throws: `.invalid` naming every wrong parameter.
    static func question(_ query: String) throws(DomainError) -> Question {
        var query = Query(parsing: query, names: ["action", "nrn"])
        let action = query.value("action", "An action reads entity:verb, in lower-case letters.") { Action($0) }
        let nrn = query.nrn("nrn")
        if query["action"] != nil, query["nrn"] == nil {
            query.refuse("nrn", "The parameter nrn is required with action.")
        }
        if query["nrn"] != nil, query["action"] == nil {
            query.refuse("action", "The parameter action is required with nrn.")
        }
        try query.check()
        guard let action, let nrn else { return Question() }
        return Question(Question.Permission(AskedAction(action), at: nrn))
    }

    /// The one credential, in either of two fields. Two are refused: they might be two people's.
    static func credential(authorization: [String], apiKey: [String]) -> Shown {
        guard authorization.count + apiKey.count < 2 else { return .several }
        if let value = authorization.first { return bearer(value).map(Shown.one) ?? .none }
        guard let value = apiKey.first, !value.isEmpty else { return .none }
        return .one(value[...])
    }

    /// What follows `Bearer` in an `Authorization` field.
    static func bearer(_ value: String) -> Substring? {
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bearer", !parts[1].isEmpty else { return nil }
        return parts[1]
    }

    /// The answer when there is not exactly one credential.
    static func refusal(_ shown: Shown) -> Answer {
        switch shown {
        case .several:
            refusal("TWO_CREDENTIALS", "Send the credential in Authorization or in X-Api-Key, not in both or twice.")
        case .none, .one:
            refusal("NO_CREDENTIAL", "Send an API key or an access token as a bearer token or in X-Api-Key.")
        }
    }

    /// The answer to a finding: 204 with who it is, 401, or 403.
    static func answer(_ finding: Verification, to question: Question) -> Answer {
        guard let key = finding.key, finding.code == .valid else { return refusal(finding, question) }
        var answer = Answer.empty
        forEachField(of: key) { answer.headers[$0] = $1 }
        return answer
    }

    /// The fields that say who it is.
    static func forEachField(of key: VerifiedKey, _ body: (HTTPField.Name, String) -> Void) {
        body(.xKeywrightKeyID, key.id.description)
        body(.xKeywrightOrganization, key.organizationID.description)
        body(.xKeywrightName, percentEncoded(key.name))
    }

    private static func refusal(_ finding: Verification, _ question: Question) -> Answer {
        let reason = "\(VerificationText.code(finding.code))"
        switch finding.code {
        case .valid, .notFound: return refusal(reason, "The credential is not known here.", isShown: true)
        case .disabled: return refusal(reason, "The API key is disabled.", isShown: true)
        case .expired: return refusal(reason, "The API key or the access token has expired.", isShown: true)
        case .deleted: return refusal(reason, "The API key was deleted.", isShown: true)
        case .forbidden:
            let error =
                question.permission.map { DomainError.missing($0.action.action, at: $0.nrn) }
                ?? DomainError(.forbidden, "The API key may not do this.")
            return Problem(error).answer.with(.xKeywrightReason, reason)
        }
    }

    /// - Parameter isShown: whether there was a credential, which is then called invalid (RFC 6750, section 3.1).
    private static func refusal(_ reason: String, _ detail: String, isShown: Bool = false) -> Answer {
        var answer = Problem(DomainError(.unauthenticated, detail)).answer.with(.xKeywrightReason, reason)
        if isShown { answer.headers[.wwwAuthenticate] = #"Bearer realm="keywright", error="invalid_token""# }
        return answer
    }

    /// A text as a part of a URL (RFC 3986, section 2.3): fields hold no other characters than ASCII.
    static func percentEncoded(_ text: String) -> String {
        if text.utf8.allSatisfy(isUnreserved) { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

extension HTTPField.Name {
    static let xAPIKey = HTTPField.Name("X-Api-Key") ?? .server
    static let xKeywrightKeyID = HTTPField.Name("X-Keywright-Key-Id") ?? .server
    static let xKeywrightOrganization = HTTPField.Name("X-Keywright-Organization") ?? .server
    static let xKeywrightName = HTTPField.Name("X-Keywright-Name") ?? .server
    static let xKeywrightReason = HTTPField.Name("X-Keywright-Reason") ?? .server
}
