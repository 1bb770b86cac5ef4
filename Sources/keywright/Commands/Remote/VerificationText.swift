import KeywrightWire

/// Verifications as people read them.
enum VerificationText {
    /// What was found, and of which key.
    static func details(_ answer: VerifyResponse) -> String {
        var pairs: [(name: String, lines: [String])] = [("Result", [result(answer.code)])]
        if let isAllowed = answer.isAllowed { pairs.append(("Allowed", [isAllowed ? "yes" : "no"])) }
        if let id = answer.keyID {
            let key: [(name: String, lines: [String])] = [
                ("Key", ["\(id) \(answer.name ?? "")"]), ("Handle", [answer.handle ?? "-"]),
                ("Organization", [answer.organizationID.map { "\($0)" } ?? "-"]),
                ("Expires", [DisplayedTime.text(answer.expiresAt, without: "never")]),
                ("Tags", answer.tags.map { "\($0.key):\($0.value)" }),
            ]
            pairs += key
        }
        return TextTable.details(pairs)
    }

    /// Why an action is allowed or not.
    static func explanation(_ answer: VerifyResponse, of question: VerifyRequest.Question) -> String {
        let what = "\(question.action) at \(question.nrn)"
        guard let explanation = answer.explanation else { return "No: \(result(answer.code))." }
        let grant = explanation.grant.map { grant in
            "grant \(grant.id), \(grant.roleSlug) at \(grant.nrn)\(grant.nrn == question.nrn ? "" : ", which lies above")"
        }
        switch explanation.reason {
        case .granted: return "Yes: \(what) is allowed by \(grant ?? "a grant")."
        case .missingTags:
            return "No: \(what) is allowed by \(grant ?? "a grant"), but the key does not carry every tag."
        case .noGrant:
            let sufficient = explanation.sufficient.map { "\nThis grant would allow it: \(text(of: $0))" }
            return "No: no grant allows \(what).\(sufficient ?? "")"
        case .unknownResource:
            return "No: \(question.nrn) does not exist, is deleted, or its ids do not belong together."
        }
    }

    private static func result(_ code: VerifyCode) -> String {
        switch code {
        case .valid: "valid"
        case .notFound: "not found: unknown, malformed, revoked, or of another organization"
        case .disabled: "disabled"
        case .expired: "expired"
        case .deleted: "deleted"
        case .forbidden: "valid, but not allowed"
        }
    }

    /// A grant in the spelling in which `--grant` and `--grant-actions` take it.
    private static func text(of grant: SufficientGrant) -> String {
        "\(grant.nrn)=\(grant.roleSlug ?? (grant.actions ?? []).joined(separator: ","))"
    }
}
