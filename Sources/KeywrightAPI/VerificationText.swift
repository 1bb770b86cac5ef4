import KeywrightDomain
import KeywrightOperations
import KeywrightWire

/// Findings as JSON, byte for byte what ``VerifyResponse`` reads, whichever way the request came.
enum VerificationText {
    /// The answer of `POST /v1/verify`.
    static func bytes(_ finding: Verification) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        try append(finding, to: &bytes)
        return bytes
    }

    /// The answer of `POST /v1/verify/batch`.
    static func bytes(_ findings: [Verification]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512 * findings.count)
        append(#"{"results":["#, to: &bytes)
        for (index, finding) in findings.enumerated() {
            if index > 0 { append(",", to: &bytes) }
            try append(finding, to: &bytes)
        }
        append("]}", to: &bytes)
        return bytes
    }

    private static func append(_ finding: Verification, to bytes: inout [UInt8]) throws {
        appendPlain(finding, to: &bytes)
        if let grants = finding.details.grants {
            try append(#","grants":"#, grants.live.map(VerifiedGrantObject.init), to: &bytes)
            let epochs = VerifyResponse.Epochs(key: grants.keyEpoch, organization: grants.organizationEpoch)
            try append(#","epochs":"#, epochs, to: &bytes)
            append(#","cache_until":"#, to: &bytes)
            bytes.appendJSON(grants.usableUntil.text)
        }
        if let explanation = finding.details.explanation {
            try append(#","explanation":"#, ExplanationObject(explanation), to: &bytes)
        }
        append("}", to: &bytes)
    }

    private static func append(_ member: StaticString, _ value: some Encodable, to bytes: inout [UInt8]) throws {
        append(member, to: &bytes)
        bytes += try WireJSON.encode(value)
    }

    /// The members that every finding has, without the brace that ends them.
    static func appendPlain(_ finding: Verification, to bytes: inout [UInt8]) {
        append(finding.isValid ? #"{"valid":true,"code":""# : #"{"valid":false,"code":""#, to: &bytes)
        append(code(finding.code), to: &bytes)
        switch finding.isAllowed {
        case nil: append(#"","allowed":null,"key_id":"#, to: &bytes)
        case true?: append(#"","allowed":true,"key_id":"#, to: &bytes)
        case false?: append(#"","allowed":false,"key_id":"#, to: &bytes)
        }
        guard let key = finding.key else {
            append(
                #"null,"handle":null,"name":null,"organization_id":null,"user_id":null,"expires_at":null,"tags":[]"#,
                to: &bytes
            )
            return
        }
        bytes.appendJSON(key.id.rawValue)
        append(#","handle":""#, to: &bytes)
        key.handle.forEachByte { bytes.append($0) }
        append(#"","name":"#, to: &bytes)
        bytes.appendJSON(key.name)
        append(#","organization_id":"#, to: &bytes)
        bytes.appendJSON(key.organizationID.rawValue)
        append(#","user_id":"#, to: &bytes)
        bytes.appendJSON(key.userID.rawValue)
        append(#","expires_at":"#, to: &bytes)
        if let expiry = finding.expiresAt { bytes.appendJSON(expiry.text) } else { append("null", to: &bytes) }
        append(#","tags":["#, to: &bytes)
        for (index, tag) in key.tags.enumerated() {
            append(index == 0 ? #"{"key":"# : #",{"key":"#, to: &bytes)
            bytes.appendJSON(tag.key)
            append(#","value":"#, to: &bytes)
            bytes.appendJSON(tag.value)
            append("}", to: &bytes)
        }
        append("]", to: &bytes)
    }

    private static func append(_ text: StaticString, to bytes: inout [UInt8]) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// How a finding is called on the wire.
    static func code(_ code: Verification.Code) -> StaticString {
        switch code {
        case .valid: "VALID"
        case .notFound: "NOT_FOUND"
        case .disabled: "DISABLED"
        case .expired: "EXPIRED"
        case .deleted: "DELETED"
        case .forbidden: "FORBIDDEN"
        }
    }
}

extension VerifiedGrantObject {
    fileprivate init(_ grant: EffectiveGrant) {
        switch grant.actions {
        case .only(let actions):
            self.init(nrn: grant.nrn.description, actions: actions.sorted().map(\.name))
        case .allExcept(let actions):
            let names = actions.sorted().map(\.name)
            self.init(nrn: grant.nrn.description, actions: ["*"], except: names.isEmpty ? nil : names)
        }
    }
}

extension ExplanationObject {
    fileprivate init(_ explanation: DecisionExplanation) {
        let reason: Reason =
            switch explanation.reason {
            case .granted: .granted
            case .missingTags: .missingTags
            case .noGrant: .noGrant
            case .unknownResource: .unknownResource
            }
        let why = explanation.explanation
        var match: Match?
        if let id = why.grantID, let nrn = why.through, let slug = why.roleSlug {
            match = Match(id: id.rawValue, nrn: nrn.description, roleSlug: slug)
        }
        self.init(reason, grant: match, sufficient: why.sufficient.map(SufficientGrant.init))
    }
}

extension SufficientGrant {
    fileprivate init(_ grant: KeywrightDomain.GrantRequest) {
        let nrn = grant.nrn.description
        switch grant.shape {
        case .slug(let slug): self.init(nrn: nrn, roleSlug: slug)
        case .actions(let actions): self.init(nrn: nrn, actions: actions.map(\.name))
        case .role, .inherits: self.init(nrn: nrn)
        }
    }
}
