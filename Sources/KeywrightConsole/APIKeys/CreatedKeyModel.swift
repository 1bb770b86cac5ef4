import KeywrightDomain
import KeywrightOperations

/// The dialog that shows a new key once, as `api_key_created.mustache` describes it.
struct CreatedKeyModel: Encodable {
    let isCreationShown: Bool
    let createdName: String?
    let createdSecret: String?
    let creationBack: String
    let checkCommand: String

    /// Empty, for the script that sends the form.
    init(in state: APIKeyListState, publicURL: String) {
        self.init(nil, in: state, publicURL: publicURL)
    }

    /// - Parameter created: the new key; the page that shows this is the only place where its value ever is.
    init(_ created: CreatedAPIKey?, in state: APIKeyListState, publicURL: String) {
        isCreationShown = created?.value != nil
        createdName = created?.key.name
        createdSecret = created?.value?.reveal()
        creationBack = state.with { _ in }.address
        // Every key can be exchanged, whatever it may do. One command: pasted as two lines, the second would be read as
        // the key. It goes through a pipe: arguments of programs are there for
        // every user of the machine to read.
        checkCommand =
            "read -rs API_KEY && printf '{\"api_key\":\"%s\"}' \"$API_KEY\" | curl -sS -o /dev/null -w '%{http_code}\\n' '\(publicURL)/token' -d @-"
    }
}
