import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import KeywrightWire

extension API {
    /// `/token` and `/login`: API key for access token.
    var tokenRoutes: [Route] {
        [open(.post, "/token", exchangeToken), open(.post, "/login", logIn)]
    }

    @Sendable private func exchangeToken(_ call: Call) async throws -> Answer {
        let body = try TokenRequest.decode(try await call.json(anyType: true))
        let origin = call.context.origin
        let issued =
            switch body {
            case .apiKey(let key):
                try await operations.exchangeToken(apiKey: Secret(key.reveal()), from: origin)
            case .refreshToken(let token, let organization):
                try await operations.renewToken(
                    Secret(token.reveal()), organizationID: Organization.ID(organization), from: origin
                )
            }
        return try .json(TokenResponse(issued))
    }

    @Sendable private func logIn(_ call: Call) async throws -> Answer {
        let body = try LoginRequest.decode(try await call.json(anyType: true))
        let issued = try await operations.exchangeToken(
            apiKey: Secret(body.apiKey.reveal()), from: call.context.origin
        )
        return try .json(TokenResponse(issued))
    }
}

extension TokenResponse {
    fileprivate init(_ issued: IssuedToken) {
        self.init(
            accessToken: SensitiveText(issued.accessToken.reveal()),
            refreshToken: issued.refreshToken.map { SensitiveText($0.reveal()) },
            expiresIn: issued.lifetime.components.seconds, tokenExpiresAt: issued.expiresAt.milliseconds,
            organizationID: issued.organizationID.rawValue, accountID: issued.account ?? 0
        )
    }
}
