import ArgumentParser
import Foundation
import KeywrightClient
import KeywrightWire

/// Which server a command talks to, and as whom.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server's URL. (KEYWRIGHT_URL; default: http://127.0.0.1:8080)", valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "A file with the API key to act with; '-' reads the standard input. (KEYWRIGHT_API_KEY holds the key itself)",
            valueName: "path"),
        completion: .file())
    var apiKeyFile: String?

    @Option(
        help: ArgumentHelp(
            "The API key itself. Other users of this machine can see it while the command runs: prefer the two above.",
            valueName: "key"))
    var apiKey: String?

    @Option(
        help: ArgumentHelp(
            "A PEM file with the CA certificates to trust in place of the system's. (KEYWRIGHT_CA_CERTIFICATE)",
            valueName: "path"),
        completion: .file(extensions: ["pem", "crt", "cer"]))
    var caCertificate: String?

    func validate() throws {
        guard apiKey == nil || apiKeyFile == nil else {
            throw ValidationError("Give either --api-key or --api-key-file.")
        }
    }
}

extension ServerOptions {
    /// A client of the server that flags and environment name; flags are stronger.
    ///
    /// - Throws: `CommandFailure` without an API key or with an unreadable file; `KeywrightClientError.settings`.
    func client(environment: [String: String]) throws -> KeywrightClient {
        func setting(_ flag: String?, _ name: String) -> String? {
            flag ?? environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        let key = try apiKey ?? apiKeyFile.map(Self.key(inFile:)) ?? setting(nil, "KEYWRIGHT_API_KEY")
        guard let key, !key.isEmpty else {
            throw CommandFailure(
                "There is no API key.", ["Set KEYWRIGHT_API_KEY or give --api-key-file."], status: .usage)
        }
        return try KeywrightClient(
            url: setting(url, "KEYWRIGHT_URL") ?? "http://127.0.0.1:8080", credential: SensitiveText(key),
            caCertificatePath: setting(caCertificate, "KEYWRIGHT_CA_CERTIFICATE")
        )
    }

    /// The text of a file without the line end after it.
    static func key(inFile path: String) throws -> String {
        guard let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else {
            throw CommandFailure("The API key file \(path) cannot be read.", status: .usage)
        }
        let limit = 16_384
        var bytes = Data()
        while bytes.count <= limit, let part = try? file.read(upToCount: limit), !part.isEmpty { bytes += part }
        guard bytes.count <= limit, let text = String(bytes: bytes, encoding: .utf8) else {
            throw CommandFailure("The API key file \(path) does not hold an API key.", status: .usage)
        }
        return text.trimmingCharacters(in: .newlines)
    }
}
