public import KeywrightDomain
import KeywrightStore

extension Operations {
    /// Verifies a credential for a service of the same organization.
    ///
    /// - Throws: `.forbidden` unless the caller holds `authz:check` at its organization.
    public func verify(_ request: VerificationRequest, as caller: Principal) async throws -> Verification {
        try requireCheck(by: caller)
        return try await verification(request, for: caller)
    }

    /// Verifies several credentials; the findings come in the same order.
    ///
    /// - Throws: as ``verify(_:as:)-(VerificationRequest,_)``.
    public func verify(_ requests: [VerificationRequest], as caller: Principal) async throws -> [Verification] {
        try requireCheck(by: caller)
        var findings: [Verification] = []
        for request in requests { findings.append(try await verification(request, for: caller)) }
        return findings
    }

    private func requireCheck(by caller: Principal) throws(DomainError) {
        try caller.require(.checkAuthorization, at: NRN(caller.organizationID))
    }

    private func verification(_ request: VerificationRequest, for caller: Principal) async throws -> Verification {
        let subject =
            switch request.subject {
            case .apiKey(let key): try await prove(apiKey: key)
            case .accessToken(let token): try await prove(accessToken: token, at: now())
            }
        let isLive = try await isLive(request.question, for: subject)
        let time = now()
        var finding = Verification(
            subject, knownTo: caller.organizationID, request.question, isLive: isLive, at: time
        )
        noteUse(finding, at: time, from: caller.origin.address)
        guard finding.isValid, let subject else { return finding }
        if request.includesGrants { finding.details.grants = try await grants(of: subject, at: time) }
        if request.explains { finding.details.explanation = subject.key.explain(finding, request.question, isLive) }
        return finding
    }

    /// Verifies the credential that a request shows, for a proxy that asks before it lets the request pass.
    ///
    /// The credential speaks for itself, so the proxy needs none of its own.
    ///
    /// - Parameter credential: nil for none, which is not found.
    public func verifyForward(
        _ credential: Secret?, _ question: VerificationRequest.Question, from origin: Principal.Origin
    ) async throws -> Verification {
        let subject = if let credential { try await prove(credential, at: now()) } else { nil as ProvenCredential? }
        let isLive = try await isLive(question, for: subject)
        let time = now()
        let finding = Verification(subject, knownTo: nil, question, isLive: isLive, at: time)
        noteUse(finding, at: time, from: origin.address)
        return finding
    }

    private func isLive(
        _ question: VerificationRequest.Question, for subject: ProvenCredential?
    ) async throws -> Bool {
        guard let nrn = question.permission?.nrn, nrn.organizationID == subject?.key.organizationID else {
            return false
        }
        return try await authenticator.resources.isLive(nrn, in: store)
    }

    private func grants(of subject: ProvenCredential, at time: Instant) async throws -> Verification.Grants {
        let entry = try await authenticator.entry(of: subject.key, store: store)
        let end = min(time.advanced(by: Verification.grantLifetime), subject.expiresAt ?? .distantFuture)
        return Verification.Grants(
            live: entry.grants, keyEpoch: entry.key.epoch, organizationEpoch: entry.organizationEpoch, usableUntil: end
        )
    }

    /// Notes that a good credential was used, wherever it was shown first.
    private func noteUse(_ finding: Verification, at time: Instant, from address: String?) {
        if finding.isValid, let key = finding.key { usage.note(key.id, at: time, from: address) }
    }
}

extension Operations {
    /// As ``verify(_:as:)-(VerificationRequest,_)`` for a caller by its credential, from memory alone.
    ///
    /// It finds what that would find, or nothing at all: the caller is not let in, or something must be read.
    ///
    /// - Parameters:
    ///   - caller: what follows `Bearer`.
    ///   - isToken: whether the subject is an access token rather than an API key.
    public func verifyFromMemory(
        _ subject: Span<UInt8>, isToken: Bool, _ question: VerificationRequest.Question, caller: Span<UInt8>,
        from address: String?
    ) -> Verification? {
        let time = now()
        guard case .proven(let caller) = recall(caller, at: time), caller.state(at: time) == .valid,
            mayCheck(caller.key)
        else { return nil }
        let recalled = isToken ? recall(accessToken: subject, at: time) : recall(apiKey: subject)
        guard let finding = finding(recalled, question, knownTo: caller.key.organizationID, at: time) else {
            return nil
        }
        usage.note(caller.key.id, at: time, from: address)
        noteUse(finding, at: time, from: address)
        return finding
    }

    /// As ``verifyForward(_:_:from:)``, from memory alone; nil when something must be read.
    public func verifyForwardFromMemory(
        _ credential: Span<UInt8>, _ question: VerificationRequest.Question, from address: String?
    ) -> Verification? {
        let time = now()
        guard let finding = finding(recall(credential, at: time), question, knownTo: nil, at: time) else { return nil }
        noteUse(finding, at: time, from: address)
        return finding
    }

    private func mayCheck(_ caller: KeyRow) -> Bool {
        let permission = Self.check(caller.organizationID)
        return caller.matchingGrant(permission, isLive: authenticator.resources.isLive(permission.nrn) == true) != nil
    }

    private static func check(_ organization: Organization.ID) -> VerificationRequest.Question.Permission {
        VerificationRequest.Question.Permission(checkAuthorization, at: NRN(organization))
    }

    private static let checkAuthorization = AskedAction(.checkAuthorization)

    private func finding(
        _ subject: RecalledCredential, _ question: VerificationRequest.Question, knownTo organization: Organization.ID?,
        at time: Instant
    ) -> Verification? {
        switch subject {
        case .undecided: return nil
        case .unknown: return Verification(nil, knownTo: organization, question, isLive: false, at: time)
        case .proven(let subject):
            var isLive = false
            if let nrn = question.permission?.nrn, nrn.organizationID == subject.key.organizationID {
                guard let known = authenticator.resources.isLive(nrn) else { return nil }
                isLive = known
            }
            return Verification(subject, knownTo: organization, question, isLive: isLive, at: time)
        }
    }
}

extension KeyRow {
    /// Why a finding fell as it did; nil when no action was asked.
    fileprivate func explain(
        _ finding: Verification, _ question: VerificationRequest.Question, _ isLive: Bool
    ) -> DecisionExplanation? {
        guard let permission = question.permission else { return nil }
        let decision: Decision
        let reason: DecisionExplanation.Reason
        if !isLive {
            (decision, reason) = (.unknownResource, .unknownResource)
        } else if let grant = matchingGrant(permission, isLive: isLive) {
            (decision, reason) = (.allowed(by: grant.effective), finding.isAllowed == true ? .granted : .missingTags)
        } else {
            (decision, reason) = (.denied, .noGrant)
        }
        let explanation = Access.explain(
            decision, permission.action.action, at: permission.nrn, for: .machine, in: organization.catalogue
        )
        return DecisionExplanation(reason: reason, explanation: explanation)
    }
}
