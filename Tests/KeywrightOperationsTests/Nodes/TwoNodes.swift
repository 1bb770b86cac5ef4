import Dispatch
import Foundation
import KeywrightDomain
import Testing

@testable import KeywrightOperations
@testable import KeywrightStore

/// Two nodes of one installation on a PostgreSQL database, each with a way of its own to the server.
///
/// Organization 1 holds account 1.
struct TwoNodes: Sendable {
    /// What a server has of an installation.
    struct Node: Sendable {
        let store: PostgresStore
        let operations: Operations
        let proxy: DatabaseProxy
    }

    /// The server that tests use, as a role that may make schemas; nil where there is none.
    static let address = ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"].flatMap {
        try? PostgresAddress(parsing: $0)
    }

    let first: Node
    let second: Node
    let clock: TestClock
    /// The first Admin key.
    let admin: Secret
    /// The schema of this installation; connections of the nodes bear its name.
    let schema: String

    /// Runs a body on a new installation, which is gone afterwards.
    static func run(notifications: Bool = true, _ body: (TwoNodes) async throws -> Void) async throws {
        let address = try #require(address)
        let schema = "nodes_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try await offPool {
            try PostgresStore.prepare(address, schema: schema, runRole: nil, logger: OperationsInstallation.logger)
        }
        let clock = TestClock()
        var nodes: [Node] = []
        do {
            nodes.append(try await node(address, schema, clock, notifications))
            try await Installation.prepare(nodes[0].operations)
            let admin = try await OperationsInstallation.administrator(of: "Example", nodes[0].operations)
            // After the installation has begun: its beginning is not what tests wait for.
            nodes.append(try await node(address, schema, clock, notifications))
            let two = TwoNodes(first: nodes[0], second: nodes[1], clock: clock, admin: admin, schema: schema)
            let principal = try await two.principal(on: two.first)
            _ = try await two.first.operations.createResource(
                .account, name: "main", slug: nil, parentID: 1, as: principal)
            try await body(two)
        } catch {
            await remove(nodes, schema)
            throw error
        }
        await remove(nodes, schema)
    }

    private static func node(
        _ address: PostgresAddress, _ schema: String, _ clock: TestClock, _ notifications: Bool
    ) async throws -> Node {
        let proxy = try DatabaseProxy(to: address)
        let own = address.with(["host": proxy.folder, "application_name": schema])
        var following = PostgresStore.Following()
        following.usesNotifications = notifications
        let store = try await offPool { [following] in
            try PostgresStore(
                own, schema: schema, following: following, now: { clock.now }, logger: OperationsInstallation.logger)
        }
        return Node(
            store: store, operations: try OperationsInstallation.operations(on: store, clock: clock), proxy: proxy)
    }

    private static func remove(_ nodes: [Node], _ schema: String) async {
        for node in nodes {
            try? await node.store.close()
            await node.proxy.close()
        }
        try? await run("DROP SCHEMA \(schema) CASCADE", schema: schema)
    }

    /// Runs a script as the owner of the tables, in one transaction.
    func tamper(_ script: String) async throws { try await Self.run(script, schema: schema) }

    /// A number that a query gives.
    func number(_ sql: String) async throws -> Int64 {
        let address = try #require(Self.address)
        return try await Self.offPool { [schema] in
            try PostgresConnection(address, .init(schema: schema)).run(sql).row(0).integer(0)
        }
    }

    static func run(_ script: String, schema: String) async throws {
        let address = try #require(address)
        try await offPool { try PostgresConnection(address, .init(schema: schema)).runScript(script) }
    }

    /// Runs what waits for the network on a thread where that is no harm.
    static func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
        }
    }

    /// Waits until the second node has heard of all that happened before.
    func settle() async throws {
        let mark = Change(.user, Int64.random(in: 1_000_000...Int64.max), in: nil)
        let (heard, hear) = AsyncStream.makeStream(of: Void.self)
        second.store.observe { notice in
            if case .changed(let changes) = notice, changes.contains(mark) { hear.yield() }
        }
        try await first.store.write(.nothing) { $0.append(mark) }
        _ = await heard.first { _ in true }
    }

    /// The first Admin key as principal.
    func principal(on node: Node) async throws -> Principal {
        try await node.operations.authenticate(.bearer(admin), from: .init())
    }
}

/// A key that may read account 1, with a token and a role of its own.
struct NodeSubject: Sendable {
    let key: MadeKey
    let role: Role.ID
    let token: Secret

    /// Makes one on a node; the second has heard of it.
    init(on node: TwoNodes.Node, of nodes: TwoNodes, slug: String = "reader") async throws {
        let admin = try await nodes.principal(on: node)
        let draft = RoleDraft(name: slug, slug: slug, actions: ["account:read", "authz:check"])
        role = try await node.operations.createRole(draft, as: admin).id
        let made = try await node.operations.createAPIKey(
            APIKeyDraft(name: slug, grants: [GrantInput(nrn: "organization=1", shape: .slug(slug))]), as: admin)
        key = MadeKey(id: made.key.id, value: try #require(made.value))
        token = try await node.operations.exchangeToken(apiKey: key.value, from: .init()).accessToken
        try await nodes.settle()
    }

    /// What operations say of it: whether the key, and its token, may read the account.
    struct Standing: Equatable {
        var key: Bool
        var token: Bool
    }

    /// From memory where it knows, else read.
    func standing(on operations: Operations) async throws -> Standing {
        Standing(key: try await allows(key.value, operations), token: try await allows(token, operations))
    }

    /// From memory alone; nil when something must be read.
    func remembered(by operations: Operations) throws -> Standing? {
        guard let key = try recall(key.value, operations), let token = try recall(token, operations) else { return nil }
        return Standing(key: key, token: token)
    }

    private func recall(_ credential: Secret, _ operations: Operations) throws -> Bool? {
        let question = try VerificationSite.question("account:read", at: "organization=1:account=1")
        let bytes = credential.bytes
        return operations.verifyForwardFromMemory(bytes.span, question, from: nil).map {
            $0.isAllowed == true
        }
    }

    private func allows(_ credential: Secret, _ operations: Operations) async throws -> Bool {
        if let known = try recall(credential, operations) { return known }
        let question = try VerificationSite.question("account:read", at: "organization=1:account=1")
        return try await operations.verifyForward(credential, question, from: .init()).isAllowed == true
    }
}
