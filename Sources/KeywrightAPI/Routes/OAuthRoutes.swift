import HTTPTypes
import HummingbirdCore
import KeywrightDomain
import KeywrightOperations
import KeywrightWire

extension API {
    /// The doors that standards describe: tokens for clients, introspection, revocation, and what others need to check
    /// tokens by themselves. Parameters come as a form, refusals in OAuth's words.
    var oauthRoutes: [Route] {
        [
            open(.get, "/.well-known/oauth-authorization-server") { [operations] _ in
                try .json(AuthorizationServerMetadata(address: operations.publicURL))
                    .with(.cacheControl, Self.publicForFiveMinutes)
            },
            open(.get, "/.well-known/jwks.json", publishSigningKeys),
            open(.post, "/oauth/token", Self.speakingOAuth { try await giveToken($0, $0.form()) }),
            open(.post, "/revoke", Self.speakingOAuth { try await revoke($0, $0.form()) }),
            Route(
                method: .post, path: "/introspect", access: .authenticated, handle: Self.speakingOAuth(introspect)
            ),
        ]
    }

    /// A key is published an hour before it signs: who looks every five minutes has it in time.
    private static let publicForFiveMinutes = "public, max-age=300"

    /// A handler whose refusals are written as OAuth's.
    private static func speakingOAuth(
        _ handle: @escaping @Sendable (Call) async throws -> Answer
    ) -> @Sendable (Call) async throws -> Answer {
        { call in
            do {
                return try await handle(call)
            } catch let error as DomainError {
                guard let refusal = OAuthRefusal(error) else { throw error }
                throw refusal
            }
        }
    }

    // MARK: Public keys

    @Sendable private func publishSigningKeys(_ call: Call) async throws -> Answer {
        let keys = try await operations.publishedSigningKeys()
        // A key's id is a hash of it, so that the ids together name the whole content.
        let tag = "\"\(keys.map(\.id).joined(separator: "."))\""
        var answer = try Answer.json(JWKSetObject(keys: keys.map { .init(keyID: $0.id, x: $0.x, y: $0.y) }))
        if call.hasCopy(tagged: tag) { answer = Answer(status: .notModified, body: []) }
        return answer.with(.eTag, tag).with(.cacheControl, Self.publicForFiveMinutes)
    }

    // MARK: Tokens

    @Sendable private func giveToken(_ call: Call, _ form: FormBody) async throws -> Answer {
        guard let name = form["grant_type"] else {
            throw OAuthRefusal(.invalidRequest, "The parameter grant_type is missing.")
        }
        guard let grant = OAuthGrantType(rawValue: name) else {
            throw OAuthRefusal(
                .unsupportedGrantType,
                "The grant types are \(OAuthGrantType.allCases.map(\.rawValue).joined(separator: ", "))."
            )
        }
        guard form["scope"] == nil else {
            throw OAuthRefusal(.invalidScope, "There are no scopes here: leave the parameter scope out.")
        }
        let client = try ClientCredentials.read(call, form)
        let origin = call.context.origin
        let answer: OAuthTokenResponse
        switch grant {
        case .clientCredentials:
            guard let client else { throw OAuthRefusal.invalidClient }
            answer = OAuthTokenResponse(
                try await operations.exchangeToken(
                    apiKey: client.secret, of: client.id, isRenewable: false, from: origin)
            )
        case .refreshToken:
            try await check(client, origin)
            answer = try await renewed(form, of: client, origin)
        case .tokenExchange:
            try await check(client, origin)
            answer = try await exchanged(form, origin)
        }
        return try .json(answer).with(.pragma, "no-cache")
    }

    /// Refuses a client that says who it is and cannot show it. It need not say it.
    private func check(_ client: ClientCredentials?, _ origin: Principal.Origin) async throws {
        guard let client else { return }
        try await operations.checkClient(client.id, secret: client.secret, from: origin)
    }

    private func renewed(
        _ form: FormBody, of client: ClientCredentials?, _ origin: Principal.Origin
    ) async throws -> OAuthTokenResponse {
        guard let token = form["refresh_token"] else {
            throw OAuthRefusal(.invalidRequest, "The parameter refresh_token is missing.")
        }
        do {
            return OAuthTokenResponse(
                try await operations.renewToken(Secret(token), organizationID: nil, of: client?.id, from: origin)
            )
        } catch let error as DomainError where error.code == .unauthenticated {
            throw OAuthRefusal(.invalidGrant, "The refresh token is not valid.")
        }
    }

    private func exchanged(_ form: FormBody, _ origin: Principal.Origin) async throws -> OAuthTokenResponse {
        guard let token = form["subject_token"], let type = form["subject_token_type"] else {
            throw OAuthRefusal(.invalidRequest, "The parameters subject_token and subject_token_type are required.")
        }
        guard type == OAuthTokenType.apiKey else {
            throw OAuthRefusal(.invalidRequest, "The subject_token_type is \(OAuthTokenType.apiKey).")
        }
        guard form["actor_token"] == nil, form["actor_token_type"] == nil else {
            throw OAuthRefusal(.invalidRequest, "Nobody acts for another here: leave the actor token out.")
        }
        guard [nil, OAuthTokenType.accessToken, OAuthTokenType.jwt].contains(form["requested_token_type"]) else {
            throw OAuthRefusal(.invalidRequest, "The requested_token_type is \(OAuthTokenType.accessToken).")
        }
        let own = operations.publicURL
        guard [form["audience"], form["resource"]].allSatisfy({ [nil, own, own + "/"].contains($0) }) else {
            throw OAuthRefusal(.invalidTarget, "Tokens are given for this server alone.")
        }
        do {
            var answer = OAuthTokenResponse(
                try await operations.exchangeToken(apiKey: Secret(token), from: origin)
            )
            answer.issuedTokenType = OAuthTokenType.accessToken
            return answer
        } catch let error as DomainError where error.code == .unauthenticated {
            // RFC 8693, section 2.2.2.
            throw OAuthRefusal(.invalidRequest, "The subject token is not valid.")
        }
    }

    // MARK: Revocation and introspection

    @Sendable private func revoke(_ call: Call, _ form: FormBody) async throws -> Answer {
        guard let token = form["token"] else {
            throw OAuthRefusal(.invalidRequest, "The parameter token is missing.")
        }
        try await operations.revokeToken(Secret(token), from: call.context.origin)
        return Answer(status: .ok, body: Array("{}".utf8))
    }

    @Sendable private func introspect(_ call: Call) async throws -> Answer {
        // Who asks is settled before what is asked, which may also say who asks.
        let form: Result<FormBody, any Error>
        do {
            form = .success(try await call.form())
        } catch {
            form = .failure(error)
        }
        let principal = try await caller(call, try? form.get())
        guard let token = try form.get()["token"] else {
            throw OAuthRefusal(.invalidRequest, "The parameter token is missing.")
        }
        guard let found = try await operations.introspect(Secret(token), as: principal) else {
            return try .json(IntrospectionResponse(isActive: false))
        }
        return try .json(IntrospectionResponse(found))
    }

    /// Who asks: by a bearer credential, or as a client.
    private func caller(_ call: Call, _ form: FormBody?) async throws -> Principal {
        let origin = call.context.origin
        if let bearer = try? call.credential() {
            do {
                return try await operations.authenticate(bearer, from: origin)
            } catch let error as DomainError where error.code == .unauthenticated {
                throw OAuthRefusal.invalidToken(isGiven: true)
            }
        }
        guard let client = try ClientCredentials.read(call, form ?? FormBody()) else {
            throw OAuthRefusal.invalidToken(isGiven: false)
        }
        return try await operations.authenticate(.client(client.id, secret: client.secret), from: origin)
    }
}

extension Call {
    /// The parameters in the body. None belongs into the address, where logs may keep it.
    fileprivate func form() async throws -> FormBody {
        guard request.uri.query == nil else {
            throw OAuthRefusal(.invalidRequest, "Parameters belong into the body.")
        }
        let types = request.headers[values: .contentType]
        let media = types.first?.split(separator: ";", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        guard types.count == 1, media.trimmingASCIIBlanks.lowercased() == "application/x-www-form-urlencoded" else {
            throw OAuthRefusal(.invalidRequest, "The body must be application/x-www-form-urlencoded.")
        }
        do {
            return try FormBody(try await bytes())
        } catch let fault as FormBody.Fault {
            throw OAuthRefusal(.invalidRequest, fault.text)
        }
    }

    /// Whether the caller has what is tagged so already (RFC 9110, section 13.1.2).
    fileprivate func hasCopy(tagged tag: String) -> Bool {
        let tags = request.headers[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }
            .map { String($0).trimmingASCIIBlanks }
        return tags.contains { $0 == "*" || $0 == tag || $0 == "W/\(tag)" }
    }
}

extension HTTPField.Name {
    fileprivate static let pragma = HTTPField.Name("Pragma") ?? .server
}

extension OAuthTokenResponse {
    fileprivate init(_ issued: IssuedToken) {
        self.init(
            accessToken: SensitiveText(issued.accessToken.reveal()), expiresIn: issued.lifetime.components.seconds,
            refreshToken: issued.refreshToken.map { SensitiveText($0.reveal()) }
        )
    }
}

extension IntrospectionResponse {
    fileprivate init(_ found: Introspection) {
        self.init(isActive: true)
        clientID = found.handle
        username = found.name
        tokenType = found.kind == .refreshToken ? "N_A" : "Bearer"
        expiresAt = found.expiresAt?.seconds
        issuedAt = found.issuedAt?.seconds
        subject = found.userID.description
        audience = found.issuer
        issuer = found.issuer
        tokenID = found.tokenID
        organizationID = found.organizationID.rawValue
        apiKeyID = found.keyID.rawValue
    }
}
