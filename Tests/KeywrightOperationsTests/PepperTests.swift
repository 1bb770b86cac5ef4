import Crypto
import Foundation
import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

@Suite("The pepper at the start")
struct PepperTests {
    @Test("the first start makes it, readable by its owner alone; later starts read the same")
    func file() async throws {
        try await OperationsInstallation.withFolder { folder in
            let first = try open(folder, databaseExists: false)
            let file = folder.appending(path: "pepper")
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o400)
            #expect(try Data(base64Encoded: text(file))?.count == 32)
            #expect(try open(folder, databaseExists: true).checkValue == first.checkValue)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["pepper"])
            #expect(String(describing: first) == "<redacted>" && Mirror(reflecting: first).children.isEmpty)
        }
    }

    @Test("the digest of a key is the HMAC-SHA-256 of its parts under the pepper")
    func digest() throws {
        let key = (0..<32).map { UInt8($0 * 7) }
        var random = SeededGenerator(seed: 1)
        for _ in 0..<100 {
            let parts = try KeyFormat().generate(using: &random).parts
            let message = Array("apikey\0".utf8) + parts.handle + [0] + parts.secret
            let code = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key))
            #expect(try Pepper(key).digest(parts).bytes == Array(code))
        }
    }

    @Test("two installations get two peppers")
    func randomness() async throws {
        try await OperationsInstallation.withFolder { first in
            try await OperationsInstallation.withFolder { second in
                let values = [try open(first, databaseExists: false), try open(second, databaseExists: false)]
                #expect(values[0].checkValue != values[1].checkValue)
            }
        }
    }

    @Test("a missing pepper beside existing data fails, naming both places, and makes no new one")
    func missing() async throws {
        try await OperationsInstallation.withFolder { folder in
            let error = #expect(throws: DomainError.self) { try open(folder, databaseExists: true) }
            #expect(error?.code == .notFound)
            let file = folder.appending(path: "pepper").path
            #expect(
                error?.detail
                    == "The pepper is missing: neither KEYWRIGHT_PEPPER nor \(file) is there, but the data needs it."
            )
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(files.isEmpty)
        }
    }

    @Test(
        "a value that is not 32 bytes fails with a clear text",
        arguments: [
            "", "short", String(repeating: "zz", count: 32), Data(repeating: 1, count: 31).base64EncodedString(),
        ]
    )
    func malformed(_ value: String) async throws {
        try await OperationsInstallation.withFolder { folder in
            let fromEnvironment = #expect(throws: DomainError.self) {
                try open(folder, databaseExists: false, environment: value)
            }
            try Data(value.utf8).write(to: folder.appending(path: "pepper"))
            let fromFile = #expect(throws: DomainError.self) { try open(folder, databaseExists: true) }
            for error in [fromEnvironment, fromFile] {
                #expect(error?.code == .invalid)
                #expect(error?.detail.contains("32 bytes") == true)
                if !value.isEmpty { #expect(error?.detail.contains(value) == false) }
            }
        }
    }

    @Test("the environment's value counts before the file, in base64 or hexadecimal")
    func environment() async throws {
        try await OperationsInstallation.withFolder { folder in
            _ = try open(folder, databaseExists: false)
            let bytes = (0..<32).map { UInt8($0) }
            let expected = try Pepper(bytes).checkValue
            for value in [
                Data(bytes).base64EncodedString(), bytes.map { hexadecimal($0) }.joined(),
                " \(Data(bytes).base64EncodedString())\n",
            ] {
                #expect(try open(folder, databaseExists: true, environment: value).checkValue == expected)
            }
        }
    }

    @Test("another pepper than the data's fails with a clear text and changes nothing")
    func wrong() async throws {
        try await OperationsInstallation.run { installation in
            let token = try await installation.exchange(installation.admin).accessToken
            let before = try await installation.store.read { try $0.signingKeys() }
            let stranger = try OperationsInstallation.operations(
                on: installation.store, clock: installation.clock, pepper: 8
            )
            let error = await #expect(throws: DomainError.self) { try await Installation.prepare(stranger) }
            #expect(error?.code == .conflict)
            #expect(error?.detail == "This pepper is not the one the data was made with. Nothing was changed.")
            #expect(try await installation.store.read { try $0.signingKeys() } == before)
            // Without the check it would know no key, and could read no signing key.
            await #expect(throws: DomainError.self) {
                try await stranger.authenticate(.bearer(installation.admin), from: .init())
            }
            await #expect(throws: (any Error).self) {
                try await stranger.authenticate(.bearer(token), from: .init())
            }
            let right = try OperationsInstallation.operations(on: installation.store, clock: installation.clock)
            try await Installation.prepare(right)
            #expect(try await installation.store.read { try $0.signingKeys() } == before)
            _ = try await right.authenticate(.bearer(token), from: .init())
        }
    }

    private func open(_ folder: URL, databaseExists: Bool, environment: String? = nil) throws -> Pepper {
        try Installation.pepper(
            in: folder, environmentValue: environment, databaseExists: databaseExists, random: RandomSource()
        )
    }

    private func text(_ file: URL) throws -> String {
        try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
