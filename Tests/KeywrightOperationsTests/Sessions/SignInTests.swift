import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

@Suite("Signing in")
struct SignInTests {
    @Test("a person with the right password gets a session that carries their rights")
    func success() async throws {
        try await OperationsInstallation.run { installation in
            let new = try await installation.signIn("Admin@Example.TEST")
            #expect(new.value.bytes.count == 43)
            #expect(new.signedIn.user.email == "admin@example.test")
            #expect(new.signedIn.session.userAgent == "Firefox on Linux")
            #expect(new.signedIn.session.address == "192.0.2.1")
            #expect(new.signedIn.endsAt == installation.clock.now.advanced(by: .seconds(1800)))
            let known = try #require(try await installation.signedIn(new))
            #expect(known.principal.holds(.createAPIKey, at: NRN(organization: 1)))
            #expect(known.formToken == new.signedIn.formToken)
            #expect(known.accepts(formToken: new.signedIn.formToken))
            #expect(!known.accepts(formToken: ""))
            let event = try #require(try await installation.events("user.sign_in").first)
            #expect(event.userID == known.user.id)
            #expect(event.credential == "session:\(known.session.id)")
            #expect(event.address == "192.0.2.1")
            #expect(event.requestID == "request-1")
        }
    }

    @Test("unknown address, wrong password, inactive person and no password get one answer")
    func oneAnswer() async throws {
        try await OperationsInstallation.run { installation in
            let admin = try await installation.principal()
            let inactive = try await installation.makePerson("inactive@example.test")
            var changes = PersonChanges()
            changes.status = "inactive"
            _ = try await installation.operations.updatePerson(inactive.id, changes, as: admin)
            _ = try await installation.operations.createPerson(PersonDraft(email: "new@example.test"), as: admin)
            let right = OperationsInstallation.password.reveal()
            let pairs = [
                ("nobody@example.test", right), ("no address", right), ("", ""), ("admin@example.test", ""),
                ("admin@example.test", right + " "), ("admin@example.test", String(repeating: "a", count: 2_000)),
                ("inactive@example.test", right), ("new@example.test", right), ("new@example.test", ""),
            ]
            for (email, password) in pairs {
                let error = try await installation.refusal(email, password)
                #expect(error == Operations.wrongPair, "\(email)")
            }
        }
    }

    @Test("a failure takes as many writes for an unknown address as for a known one")
    func sameWrites() async throws {
        try await OperationsInstallation.run { installation in
            var writes: [[Int?]] = []
            for email in ["admin@example.test", "nobody@example.test"] {
                var left: [Int?] = []
                for _ in 0..<2 {
                    installation.store.admitWrites(10)
                    let error = try await installation.refusal(email, "wrong wrong wrong")
                    #expect(error == Operations.wrongPair)
                    left.append(installation.store.admittedWrites)
                }
                writes.append(left)
            }
            installation.store.admitWrites(nil)
            #expect(writes == [[8, 9], [8, 9]])
        }
    }

    @Test("every answer takes one check of a password, and none waits past the limit")
    func sameWork() async throws {
        let hasher = PasswordHasher(cost: .init(rounds: 16, blockSize: 1, parallelism: 1), random: RandomSource())
        let real = try await hasher.digest(of: Secret("a"))
        #expect(hasher.decoy.split(separator: "$").prefix(4) == real.split(separator: "$").prefix(4))
        #expect(try await !hasher.matches(Secret("a"), hasher.decoy))
        #expect(throws: Never.self) { try hasher.checkRoom() }
    }

    @Test("after five failures waits grow, for known and unknown addresses alike", arguments: ["admin", "nobody"])
    func waits(_ name: String) async throws {
        try await OperationsInstallation.run { installation in
            let email = "\(name)@example.test"
            for _ in 0..<5 {
                let error = try await installation.refusal(email, "wrong")
                #expect(error?.code == .unauthenticated)
            }
            for minutes in [1, 2, 4, 8, 15, 15] as [Int64] {
                let error = try await installation.refusal(email, OperationsInstallation.password.reveal())
                #expect(error?.code == .rateLimited)
                #expect(error?.retryAfter == .seconds(minutes * 60))
                #expect(error?.detail.contains(minutes == 1 ? "a minute" : "\(minutes) minutes") == true)
                installation.clock.advance(by: .seconds(minutes * 60))
                let next = try await installation.refusal(email, "wrong")
                #expect(next?.code == .unauthenticated)
            }
        }
    }

    @Test("a right password clears the count, and so does a quarter of an hour of rest")
    func clearing() async throws {
        try await OperationsInstallation.run { installation in
            for round in 0..<3 {
                for _ in 0..<4 { _ = try await installation.refusal("admin@example.test", "wrong") }
                if round == 0 {
                    _ = try await installation.signIn()
                } else {
                    installation.clock.advance(by: .seconds(900))
                }
            }
            #expect(try await installation.refusal("admin@example.test", "wrong")?.code == .unauthenticated)
            _ = try await installation.signIn()
        }
    }

    @Test("attempts at once gain nothing: of 40, at most five are heard")
    func parallel() async throws {
        try await OperationsInstallation.run { installation in
            let heard = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let origin = Principal.Origin(address: "198.51.100.\(number)")
                        return try await installation.refusal("admin@example.test", "wrong", from: origin)?.code
                            == .unauthenticated
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(heard == 5)
        }
    }

    @Test("one address is held up after 30 failures a minute, whatever it tries")
    func perAddress() async throws {
        try await OperationsInstallation.run { installation in
            for number in 0..<30 { _ = try await installation.refusal("nobody\(number)@example.test", "wrong") }
            #expect(try await installation.refusal("admin@example.test", "wrong")?.code == .rateLimited)
            let other = Principal.Origin(address: "198.51.100.1")
            _ = try await installation.signIn(from: other)
            installation.clock.advance(by: .seconds(60))
            _ = try await installation.signIn()
        }
    }

    @Test("failures are on record once per person, address and minute, without the password")
    func failuresOnRecord() async throws {
        try await OperationsInstallation.run { installation in
            for password in ["first wrong one", "second wrong one"] {
                _ = try await installation.refusal("admin@example.test", password)
                _ = try await installation.refusal("nobody@example.test", password)
            }
            _ = try await installation.refusal("admin@example.test", "x", from: .init(address: "198.51.100.1"))
            installation.clock.advance(by: .seconds(60))
            _ = try await installation.refusal("admin@example.test", "x")
            let events = try await installation.events("user.sign_in")
            #expect(events.map(\.outcome) == [.failure, .failure, .failure])
            #expect(events.allSatisfy { $0.actorType == "anonymous" && $0.userID == nil && $0.target.type == "user" })
            #expect(!"\(events)".contains("wrong"))
        }
    }

    @Test(
        "a browser is named in a few words",
        arguments: [
            (OperationsInstallation.firefox, "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
                "Edge on Windows"
            ),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iOS"),
            ("<script>alert(1)</script>", ""), ("", ""), ("curl/8.0", "curl"),
        ])
    func labels(_ header: String, _ label: String) {
        #expect(UserAgentLabel.text(for: header) == label)
        #expect(UserAgentLabel.text(for: nil) == "")
    }
}
