import KeywrightDomain
import KeywrightStore
import Synchronization
import Testing

@testable import KeywrightOperations

/// A mutation is effective for the very next request, also while others keep the cache busy.
@Suite("What is remembered of keys")
struct ForgettingTests {
    /// A kind of change, and how it shows.
    enum Change: CaseIterable, Sendable {
        case deletion
        case disabling
        case grants
        case role
        case inheritedRole
        case resource
    }

    @Test("a change is effective for the very next request, 200 times over", arguments: Change.allCases)
    func nextRequest(_ change: Change) async throws {
        try await OperationsInstallation.run { installation in
            for round in 0..<200 {
                let subject = try await Subject(change, round, installation)
                #expect(try await subject.isAllowed(), "\(change), round \(round), before")
                let token = try await installation.exchange(subject.key.value).accessToken
                try await keepBusy(subject.key.value, token, installation) {
                    try await subject.change()
                    #expect(try await !subject.isAllowed(), "\(change), round \(round), after")
                    #expect(try await !subject.isAllowed(token), "\(change), round \(round), with a token")
                }
                #expect(try await !subject.isAllowed(), "\(change), round \(round), later")
            }
        }
    }

    @Test("rights that were taken since a request was authenticated do not serve its mutation")
    func staleMutation() async throws {
        try await OperationsInstallation.run { installation in
            let admin = try await installation.principal()
            for (index, change) in [Change.deletion, .disabling, .grants].enumerated() {
                let subject = try await Subject(change, index, installation, role: "admin")
                let stale = try await installation.authenticate(subject.key.value)
                try await subject.change()
                let draft = APIKeyDraft(
                    name: "x", grants: [GrantInput(nrn: "organization=1", shape: .slug("member"))]
                )
                let error = await #expect(throws: DomainError.self) {
                    try await installation.operations.createAPIKey(draft, as: stale)
                }
                if change == .grants {
                    #expect(error?.code == .forbidden)
                } else {
                    #expect(error == Operations.badCredential)
                }
            }
            let page = try await installation.operations.apiKeys(
                APIKeyQuery(organizationID: admin.organizationID, now: installation.clock.now), PageRequest(), as: admin
            )
            #expect(!page.results.contains { $0.name == "x" })
        }
    }

    /// Runs a body while two others authenticate with the same credentials without pause.
    private func keepBusy(
        _ key: Secret, _ token: Secret, _ installation: OperationsInstallation,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let isDone = Flag()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for credential in [key, token] {
                tasks.addTask {
                    while !isDone.isSet {
                        _ = try await installation.isAccepted(credential)
                        await Task.yield()
                    }
                }
            }
            defer { isDone.set() }
            try await body()
        }
    }

    private final class Flag: Sendable {
        private let state = Mutex(false)
        var isSet: Bool { state.withLock { $0 } }
        func set() { state.withLock { $0 = true } }
    }

    /// A key with something that a change takes from it.
    private struct Subject: Sendable {
        let key: MadeKey
        private let kind: Change
        private let installation: OperationsInstallation
        private let admin: Principal
        private let place: NRN
        private let role: Role.ID?

        init(
            _ kind: Change, _ round: Int, _ installation: OperationsInstallation, role slug: String = "member"
        ) async throws {
            self.kind = kind
            self.installation = installation
            admin = try await installation.principal()
            let operations = installation.operations
            switch kind {
            case .deletion, .disabling, .grants:
                (place, role) = (NRN(organization: 1), nil)
                key = try await installation.makeKey(slug)
            case .role, .inheritedRole:
                let made = try await operations.createRole(
                    RoleDraft(name: "r\(round)", slug: "r\(round)", actions: ["account:read"]), as: admin
                )
                (place, role) = (NRN(organization: 1), made.id)
                let shape: GrantInput.Shape =
                    kind == .role ? .role(made.id.rawValue) : .inherits([made.slug], add: [], remove: [])
                let draft = APIKeyDraft(name: "k", grants: [GrantInput(nrn: place.description, shape: shape)])
                let created = try await operations.createAPIKey(draft, as: admin)
                key = MadeKey(id: created.key.id, value: try #require(created.value))
            case .resource:
                let made = try await operations.createResource(
                    .account, name: "a\(round)", slug: nil, parentID: 1, as: admin
                )
                (place, role) = (made.nrn, nil)
                key = try await installation.makeKey(at: made.nrn.description)
            }
        }

        /// Takes away what ``isAllowed(_:)`` asks for.
        func change() async throws {
            let operations = installation.operations
            var changes = APIKeyChanges()
            switch kind {
            case .deletion:
                try await operations.deleteAPIKey(key.id, as: admin)
                return
            case .role, .inheritedRole:
                _ = try await operations.updateRole(try #require(role), as: admin) { $0.actions = ["build:read"] }
                return
            case .resource:
                _ = try await operations.deleteResource(.account, place.id, as: admin)
                return
            case .disabling: changes.isEnabled = false
            case .grants: changes.grants = [GrantInput(nrn: "organization=1", shape: .slug("verifier"))]
            }
            _ = try await operations.updateAPIKey(key.id, changes, as: admin)
        }

        /// Whether a credential of the key, the key itself unless another is given, may read the place's accounts.
        func isAllowed(_ credential: Secret? = nil) async throws -> Bool {
            do {
                let principal = try await installation.authenticate(credential ?? key.value)
                return principal.holds(.on(.account, .read), at: place)
            } catch let error as DomainError where error.code == .unauthenticated {
                return false
            }
        }
    }
}
