import KeywrightDomain
import Testing

@Suite("Audit events")
struct AuditEventTests {
    /// What goes into a link, each member to be changed alone.
    private struct Parts {
        var id: Int64 = 11
        var organization: Int64 = 1
        var at: Int64 = 1_767_225_600_123
        var outcome = AuditEvent.Outcome.success
        var userID: Int64? = 7
        var previous = SealedAuditEvent.firstLink
        /// The texts in the order in which they are hashed.
        var texts: [String?] = [
            "api_key.create", "api_key", "0123456789AB", "192.0.2.1", "request-1", "api_key", "5", nil,
            "{\"name\":\"clé\"}",
        ]

        var sealed: SealedAuditEvent {
            let event = AuditEvent(
                organizationID: Organization.ID(organization), at: Instant(milliseconds: at), action: texts[0] ?? "",
                outcome: outcome, userID: userID.map { User.ID($0) }, actorType: texts[1] ?? "", credential: texts[2],
                address: texts[3], requestID: texts[4], target: AuditEvent.Target(texts[5] ?? "", texts[6] ?? "")
            )
            let id = AuditEvent.ID(id)
            return SealedAuditEvent(
                id: id, event: event, beforeText: texts[7], afterText: texts[8],
                link: SealedAuditEvent.link(id: id, event, texts[7], texts[8], after: previous)
            )
        }

        func with(_ change: (inout Parts) -> Void) -> Parts {
            var copy = self
            change(&copy)
            return copy
        }
    }

    @Test("a link is the SHA-256 of what an auditor can put together without Keywright")
    func knownLink() {
        let hex = Parts().sealed.link.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(hex == "373a548810e50212e97200d45da9a14d8cbca44c22e468ecb4e9b0cabf0ec43d")
    }

    @Test("the link changes with every member, and no two changes give the same")
    func everyMember() {
        var variants = [
            Parts(), Parts().with { $0.id += 1 }, Parts().with { $0.organization += 1 }, Parts().with { $0.at += 1 },
            Parts().with { $0.outcome = .refused }, Parts().with { $0.outcome = .failure },
            Parts().with { $0.userID = 8 }, Parts().with { $0.userID = nil },
        ]
        for index in 0..<32 { variants.append(Parts().with { $0.previous[index] ^= 1 }) }
        for index in Parts().texts.indices {
            variants.append(Parts().with { $0.texts[index] = ($0.texts[index] ?? "") + "x" })
            variants.append(Parts().with { $0.texts[index] = ($0.texts[index] ?? "") + "\0" })
            variants.append(Parts().with { $0.texts[index] = "" })
            if ![0, 1, 5, 6, 7].contains(index) { variants.append(Parts().with { $0.texts[index] = nil }) }
        }
        // The same characters in other bytes.
        variants.append(Parts().with { $0.texts[8] = "{\"name\":\"cle\u{301}\"}" })
        let links = variants.map(\.sealed.link)
        #expect(Set(links).count == links.count)
        #expect(links.allSatisfy { $0.count == 32 })
    }

    @Test("moving a character from the end of one text to the start of the next changes the link", arguments: 0..<8)
    func lengthPrefixes(index: Int) throws {
        let filled = Parts().with { parts in parts.texts = parts.texts.indices.map { "text\($0)" } }
        let moved = filled.with { parts in
            let last = parts.texts[index]?.last.map(String.init) ?? ""
            parts.texts[index]?.removeLast()
            parts.texts[index + 1] = last + (parts.texts[index + 1] ?? "")
        }
        #expect(filled.texts.compactMap(\.self).joined() == moved.texts.compactMap(\.self).joined())
        #expect(filled.sealed.link != moved.sealed.link)
        let swapped = filled.with { $0.texts.swapAt(index, index + 1) }
        #expect(filled.sealed.link != swapped.sealed.link)
    }

    @Test("a sealed event is intact until any part of it, or the link before it, is changed")
    func intact() {
        let sealed = Parts().sealed
        let first = SealedAuditEvent.firstLink
        #expect(sealed.isIntact(after: first))
        #expect(first == [UInt8](repeating: 0, count: 32))
        func isIntact(
            id: Int64 = 11, event: AuditEvent? = nil, before: String? = nil, after: String? = "{\"name\":\"clé\"}",
            link: [UInt8]? = nil
        ) -> Bool {
            SealedAuditEvent(
                id: AuditEvent.ID(id), event: event ?? sealed.event, beforeText: before, afterText: after,
                link: link ?? sealed.link
            ).isIntact(after: first)
        }
        #expect(isIntact())
        #expect(!isIntact(id: 12))
        #expect(!isIntact(event: Parts().with { $0.outcome = .refused }.sealed.event))
        #expect(!isIntact(before: ""))
        #expect(!isIntact(after: "{\"name\":\"cle\"}"))
        #expect(!isIntact(after: nil))
        #expect(!isIntact(link: []))
        #expect(!isIntact(link: Array(sealed.link.dropLast())))
        #expect(!isIntact(link: sealed.link + [0]))
        #expect(!isIntact(link: first))
        #expect(!sealed.isIntact(after: sealed.link))
        #expect(!sealed.isIntact(after: []))
        #expect(!sealed.isIntact(after: first + [0]))
    }

    @Test("a chain of events breaks where one is changed, taken out, put in or moved")
    func chain() {
        var chain: [SealedAuditEvent] = []
        for number in 1...6 {
            chain.append(
                Parts().with {
                    $0.id = Int64(number)
                    $0.previous = chain.last?.link ?? SealedAuditEvent.firstLink
                }.sealed)
        }
        func isIntact(_ chain: [SealedAuditEvent]) -> Bool {
            let previous = [SealedAuditEvent.firstLink] + chain.map(\.link)
            return zip(chain, previous).allSatisfy { $0.isIntact(after: $1) }
        }
        #expect(isIntact(chain))
        for index in 0..<5 {
            var (shorter, turned, doubled) = (chain, chain, chain)
            shorter.remove(at: index)
            turned.swapAt(index, index + 1)
            doubled.insert(chain[index], at: index)
            #expect(!isIntact(shorter))
            #expect(!isIntact(turned))
            #expect(!isIntact(doubled))
        }
    }

    @Test(
        "an event names who acted and how",
        arguments: [
            (.apiKey(APIKey.ID(5), handle: "0123456789AB"), "api_key", "0123456789AB"), (.person, "person", nil),
            (.localOperator, "operator", nil),
        ] as [(Principal.Kind, String, String?)])
    func actor(_ kind: Principal.Kind, _ type: String, _ credential: String?) {
        let principal = Principal(
            kind: kind, userID: User.ID(7), organizationID: Organization.ID(3), grants: [], catalogue: RoleCatalogue(),
            origin: Principal.Origin(address: "192.0.2.1", requestID: "request-1")
        )
        let event = AuditEvent(
            "api_key.update", AuditEvent.Target("api_key", "5"), by: principal, at: Instant(milliseconds: 9),
            outcome: .refused, before: .text("a"), after: .flag(true)
        )
        let expected = AuditEvent(
            organizationID: Organization.ID(3), at: Instant(milliseconds: 9), action: "api_key.update",
            outcome: .refused,
            userID: User.ID(7), actorType: type, credential: credential, address: "192.0.2.1", requestID: "request-1",
            target: AuditEvent.Target("api_key", "5"), before: .text("a"), after: .flag(true)
        )
        #expect(event == expected)
    }
}
