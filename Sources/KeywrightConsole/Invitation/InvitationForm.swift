import KeywrightDomain
import KeywrightOperations

/// The form by which somebody comes in, as `invitation.mustache` describes it. A password that was typed is never part
/// of it.
struct InvitationForm: Encodable {
    /// What somebody is called.
    struct Names {
        let first: String
        let last: String
    }

    let invitationTitle: String
    let invitationText: String
    let token: String
    let fields: [Field]
    let hasProblems: Bool
    let problems: [Problem]
    /// A password that was right has to be typed again nevertheless.
    let problemNote: String?
    let submitLabel: String

    /// - Parameters:
    ///   - typed: what was typed; nil for the form as it is first shown.
    ///   - violations: what is wrong with it.
    init(
        token: Secret, _ pending: PendingInvitation, _ typed: Names? = nil, password: Secret = Secret(""),
        _ violations: [Violation] = []
    ) {
        let isNew = pending.purpose == .invitation
        invitationTitle = isNew ? "Join \(pending.organizationName)" : "Choose a new password"
        invitationText =
            isNew
            ? "You sign in as \(pending.user.email), with a password that you choose now."
            : "For \(pending.user.email). All your sessions end, and you are signed in here."
        self.token = token.reveal()
        submitLabel = isNew ? "Join" : "Save password"
        let names = typed ?? Names(first: pending.user.firstName, last: pending.user.lastName)
        func message(_ pointer: String) -> String? { violations.first { $0.pointer == pointer }?.message }
        let nameFields = [
            Field(
                "first_name", "First name", value: names.first, autocomplete: "given-name", capitals: "words",
                isOptional: true, error: message("/first_name")
            ),
            Field(
                "last_name", "Last name", value: names.last, autocomplete: "family-name", capitals: "words",
                isOptional: true, error: message("/last_name")
            ),
        ]
        let passwordMessage = message("/password").map { PasswordWords.message($0, for: password) }
        fields = (isNew ? nameFields : []) + [PasswordWords.field("password", "Password", error: passwordMessage)]
        problems = fields.compactMap(\.problem)
        hasProblems = !problems.isEmpty
        problemNote =
            hasProblems && passwordMessage == nil ? "Type the password again: it was not kept." : nil
    }
}

/// What forms say about new passwords.
enum PasswordWords {
    /// The field for a new one.
    static func field(_ name: String, _ label: String, error: String? = nil) -> Field {
        let shortest = Password.lengthInBytes.lowerBound
        return Field(
            name, label, hint: "At least \(shortest) characters. A few words in a row are fine.", .password,
            autocomplete: "new-password", minimum: shortest, error: error
        )
    }

    /// Why a password was refused: mostly because it is short.
    static func message(_ message: String, for password: Secret) -> String {
        let shortest = Password.lengthInBytes.lowerBound
        return password.bytes.count < shortest ? "Use at least \(shortest) characters." : message
    }
}
