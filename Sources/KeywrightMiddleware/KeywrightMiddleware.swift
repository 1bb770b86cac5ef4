import HTTPTypes
public import Hummingbird
import KeywrightDomain
import KeywrightWire
import Logging

/// Lets a request through when its API key or access token is good and may do what the route does.
///
/// The credential stands in `Authorization: Bearer` or in `X-Api-Key`. Refusals: 401 without a good credential, 403
/// naming the action and the resource, 404 when the path names no resource, 503 when the server cannot be asked. The
/// handler finds the key in ``KeywrightRequestContext/verifiedKey``.
///
/// Add it to a group of routes, not to the router itself, when it uses path parameters: those are known only after a
/// route was found.
public struct KeywrightMiddleware<Context: KeywrightRequestContext>: RouterMiddleware {
    /// What the key must be allowed.
    private struct Requirement: Sendable {
        let action: Action
        let nrn: @Sendable (Request, Context) async throws -> NRN?
    }

    private let verifier: KeywrightVerifier
    private let requirement: Requirement?

    /// Lets every good credential through.
    public init(_ verifier: KeywrightVerifier) {
        self.verifier = verifier
        requirement = nil
    }

    /// Lets those through who may do an action at the resource that the path names.
    ///
    /// - Parameters:
    ///   - action: as in `deployment:create`.
    ///   - nrn: as in `organization=1:account={account}`, with path parameters in braces.
    /// - Throws: an error with a sentence about what is not well-formed.
    public init(_ verifier: KeywrightVerifier, action: String, nrn: String) throws {
        let template = try NRNTemplate(parsing: nrn)
        self.verifier = verifier
        requirement = Requirement(action: try Self.action(action)) { _, context in
            template.nrn { context.parameters.get($0).map { $0[...] } }
        }
    }

    /// Lets those through who may do an action at the resource that a closure finds.
    ///
    /// - Parameters:
    ///   - action: as in `deployment:create`.
    ///   - nrn: gives the resource of a request as text, or nil when there is none, which is answered with 404. It runs
    ///     before the credential was checked, so it must not tell anything.
    /// - Throws: an error with a sentence about what is not well-formed.
    public init(
        _ verifier: KeywrightVerifier, action: String,
        nrn: @escaping @Sendable (Request, Context) async throws -> String?
    ) throws {
        self.verifier = verifier
        requirement = Requirement(action: try Self.action(action)) { request, context in
            try await nrn(request, context).flatMap { try? NRN(parsing: $0) }
        }
    }

    private static func action(_ name: String) throws(DomainError) -> Action {
        guard let action = Action(name) else {
            throw .invalid("", "An action reads entity:verb, in lower-case letters, digits and underscores.")
        }
        return action
    }

    /// Checks the request's credential, and passes the request on or answers itself.
    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let credential: String
        switch PresentedCredential(request.headers) {
        case .one(let value): credential = value
        case .none: return Refusal.missingCredential.response
        case .unclear: return Refusal.unclearCredential.response
        }
        var question: Question?
        if let requirement {
            guard let nrn = try await requirement.nrn(request, context) else {
                // Who has no good credential does not learn which paths name a resource.
                guard case .unauthenticated = try await verify(credential, nil, context) else {
                    return Refusal.noResource.response
                }
                return Refusal.badCredential.response
            }
            question = Question(action: requirement.action, nrn: nrn)
        }
        switch try await verify(credential, question, context) {
        case .allowed(let key):
            var context = context
            context.verifiedKey = key
            return try await next(request, context)
        case .forbidden: return Refusal.forbidden(question).response
        case .unauthenticated: return Refusal.badCredential.response
        case nil: return Refusal.unavailable.response
        }
    }

    /// Nil when the server cannot be asked; the log says why.
    private func verify(_ credential: String, _ question: Question?, _ context: Context) async throws -> Verification? {
        do {
            return try await verifier.verify(credential, question)
        } catch let error as KeywrightVerifier.Unavailable {
            context.logger.error("Keywright cannot be asked.", metadata: ["reason": "\(error)"])
            return nil
        }
    }
}

/// The credential that a request shows.
enum PresentedCredential: Equatable {
    case none
    case one(String)
    /// Several, or one that is not written as one is.
    case unclear

    private static let apiKeyField = HTTPField.Name("X-Api-Key")

    init(_ headers: HTTPFields) {
        let bearers = headers[values: .authorization]
        let keys = Self.apiKeyField.map { headers[values: $0] } ?? []
        switch (bearers.count, keys.count) {
        case (0, 0): self = .none
        case (0, 1): self = .one(keys[0])
        case (1, 0):
            let parts = bearers[0].split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].lowercased() == "bearer", !parts[1].isEmpty else {
                self = .unclear
                return
            }
            self = .one(String(parts[1]))
        default: self = .unclear
        }
    }
}
