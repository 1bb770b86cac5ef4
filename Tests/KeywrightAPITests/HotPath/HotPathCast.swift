import Foundation
import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import Testing

/// The credentials and places that requests to the hot path are made of, all of them in memory.
struct HotPathCast: Sendable {
    /// Callers that may ask: a key and a token of it.
    let callers: [String]
    /// What looks like a caller and is none that may ask.
    let wrongCallers: [String]
    /// Keys in every state, as subjects.
    let keys: [String]
    let tokens: [String]
    /// What is no credential here.
    let strangers: [String]

    static let actions = ["namespace:read", "namespace:delete", "account:read", "widget:paint", "a:b"]
    static let places = [
        "organization=1", "organization=1:account=1", "organization=1:account=1:namespace=1",
        "organization=1:account=1:namespace=1:application=1:scope=1", "organization=1:account=9", "organization=2",
        "organization=1:account=2:namespace=1",
    ]

    /// Makes the keys and has the server read all that they need.
    init(_ installation: TestInstallation) async throws {
        let verifier = try await installation.makeKey("verifier", at: "organization=1")
        let plain = try await installation.makeKey("member", at: "organization=1:account=1", name: #"pay \"é\" \\1"#)
        let labelled = try await installation.makeKey(
            #"{"name":"labelled","grants":[{"nrn":"organization=1","role_slug":"admin"}],"#
                + #""tags":[{"key":"team","value":"pay"}],"expires_at":"2030-01-01T00:00:00Z"}"#
        )
        let disabled = try await installation.makeKey("member", at: "organization=1")
        let deleted = try await installation.makeKey("member", at: "organization=1")
        let expired = try await installation.makeKey(
            #"{"name":"x","grants":[{"nrn":"organization=1","role_slug":"member"}],"expires_at":"2026-01-01T00:00:01Z"}"#
        )
        let foreign = try await installation.otherOrganization()
        let tokens = [
            try await installation.exchange(plain.value).access, try await installation.exchange(disabled.value).access,
            try await installation.exchange(foreign).access,
        ]
        let caller = try await installation.exchange(verifier.value).access
        _ = try await installation.call(.patch, disabled.path, #"{"enabled":false}"#, as: installation.admin)
        _ = try await installation.call(.delete, deleted.path, as: installation.admin)
        installation.clock.advance(by: .seconds(1))

        callers = [verifier.value, caller]
        wrongCallers = ["", "nonsense", plain.value, disabled.value, "a.b.c", "kw_\u{e9}"]
        keys = [plain.value, labelled.value, disabled.value, deleted.value, expired.value, foreign]
        self.tokens = tokens
        strangers = [
            "", "x", "kw_", "kw_000000000000_00000000000000000000000000000000000000", String(plain.value.dropLast()),
            plain.value + "1", "a.b.c", caller, try Self.madeUp(),
        ]
        try await installation.operations.learnHandles()
        try await warmUp(installation)
    }

    private static func madeUp() throws -> String {
        var random = SeededGenerator(seed: 5)
        return try KeyFormat().generate(using: &random).value.reveal()
    }

    private func warmUp(_ installation: TestInstallation) async throws {
        for key in keys {
            for place in Self.places {
                let body = #"{"api_key":"\#(key)","action":"a:b","nrn":"\#(place)"}"#
                #expect(try await installation.call(.post, "/v1/verify", body, as: callers[0]).status == 200)
                _ = try await installation.call(.get, "/forward-auth?action=a:b&nrn=\(place)", as: key)
            }
        }
        for token in tokens {
            _ = try await installation.call(.post, "/v1/verify", #"{"access_token":"\#(token)"}"#, as: callers[1])
        }
    }
}
