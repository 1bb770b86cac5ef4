import KeywrightDomain
import KeywrightOperations

/// What the page after the set-up shows.
struct SetupDone: Encodable {
    /// The first key and how to try it.
    struct Key: Encodable {
        let keyName: String
        let keyValue: String
        let keyMask: String
        let readCommand = "read -rs KEYWRIGHT_API_KEY"
        let exchangeCommand: String
        let listCommand: String
    }

    static let title = "Set-up done"

    let organization: String
    let nrn: String
    let email: String
    let key: Key?

    init(_ made: NewAdministrator, keyFormat: KeyFormat, publicURL: String) {
        organization = made.organization.name
        nrn = made.organization.nrn.description
        email = made.user.email
        guard let created = made.key, let value = created.value else {
            key = nil
            return
        }
        let (token, list) = (Self.quoted("\(publicURL)/token"), Self.quoted("\(publicURL)/api_key"))
        key = Key(
            keyName: created.key.name, keyValue: value.reveal(),
            keyMask: keyFormat.mask(handle: created.key.handle, ending: created.key.ending),
            // The key goes through a pipe: arguments of programs are there for every user of the machine to read.
            exchangeCommand: """
                TOKEN=$(printf '{"api_key":"%s"}' "$KEYWRIGHT_API_KEY" |
                  curl -sS \(token) -d @- |
                  sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
                """,
            listCommand: "curl -sS \(list) -H \"Authorization: Bearer $TOKEN\""
        )
    }

    /// A word of a shell command.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
