import HTTPTypes
import Testing

@Suite("ETag and If-Match")
struct VersionTests {
    @Test("the tag is the version; changes raise it, reading, using and empty changes do not")
    func tag() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("ops", at: "organization=1")
            func tag() async throws -> String? {
                try await installation.call(.get, key.path, as: installation.admin).headers[.eTag]
            }
            #expect(try await tag() == "\"1\"")
            _ = try await installation.call(.get, "/api_key?sort=last_used_at", as: key.value)
            #expect(try await tag() == "\"1\"")
            let same = try await installation.call(.patch, key.path, #"{"name":"a key"}"#, as: installation.admin)
            #expect(same.headers[.eTag] == "\"1\"")
            let changed = try await installation.call(.patch, key.path, #"{"name":"b"}"#, as: installation.admin)
            #expect(changed.headers[.eTag] == "\"2\"")
            #expect(try await tag() == "\"2\"")
            let head = try await installation.call(.head, key.path, as: installation.admin)
            #expect(head.status == 200 && head.headers[.eTag] == "\"2\"" && head.text.isEmpty)
        }
    }

    @Test(
        "a change that names the current version, among others or by a star, is made",
        arguments: ["\"2\"", "*", "\"1\", \"2\"", "\"9\" ,W/\"2\",\"2\"", " \"2\" "]
    )
    func match(_ value: String) async throws {
        try await check(value, patch: 200, delete: 204)
    }

    @Test(
        "another version, a weak tag and what is no tag match nothing",
        arguments: [
            "\"1\"", "\"3\"", "W/\"2\"", "2", "\"2", "'2'", "\"02\"", "\"2 \"", "\"\"", "", "garbage", "\"1\", \"3\"",
            "*, \"1\"", "\"99999999999999999999\"",
        ]
    )
    func mismatch(_ value: String) async throws {
        try await check(value, patch: 412, delete: 412)
    }

    @Test("of two changes meant for one version, one is made")
    func race() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for number in 0..<8 {
                    tasks.addTask {
                        try await installation.call(
                            .patch, key.path, #"{"name":"name \#(number)"}"#, as: installation.admin,
                            headers: [.ifMatch: "\"1\""]
                        ).status
                    }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + Array(repeating: 412, count: 7))
        }
    }

    @Test("without If-Match the last writer wins; what is not seen stays 404")
    func withoutCondition() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1")
            for name in ["a", "b"] {
                let reply = try await installation.call(
                    .patch, key.path, #"{"name":"\#(name)"}"#, as: installation.admin
                )
                #expect(reply.status == 200 && reply["name"].text == name)
            }
            let absent = try await installation.call(
                .patch, "/api_key/99", "{}", as: installation.admin, headers: [.ifMatch: "\"1\""]
            )
            absent.expectRefusal(404)
        }
    }

    /// Sends a change and a deletion of a key in version 2 with that condition.
    private func check(_ condition: String, patch: Int, delete: Int) async throws {
        try await TestInstallation.run { installation in
            let headers: HTTPFields = [.ifMatch: condition]
            let key = try await installation.makeKey("member", at: "organization=1")
            _ = try await installation.call(.patch, key.path, #"{"name":"second"}"#, as: installation.admin)
            let deleted = try await installation.makeKey("member", at: "organization=1")
            _ = try await installation.call(.patch, deleted.path, #"{"name":"second"}"#, as: installation.admin)

            let change = try await installation.call(
                .patch, key.path, #"{"name":"third"}"#, as: installation.admin, headers: headers
            )
            #expect(change.status == patch)
            let removal = try await installation.call(.delete, deleted.path, as: installation.admin, headers: headers)
            #expect(removal.status == delete)
            guard patch == 412 else { return }
            for reply in [change, removal] {
                reply.expectRefusal(412, "It was changed since. Read it again and repeat the change.")
            }
            for path in [key.path, deleted.path] {
                let read = try await installation.call(.get, path, as: installation.admin)
                #expect(read["name"].text == "second" && read.headers[.eTag] == "\"2\"")
            }
        }
    }
}
