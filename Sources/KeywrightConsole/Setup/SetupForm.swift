import KeywrightDomain

/// What the set-up form shows. A password that was typed is never part of it.
struct SetupForm {
    /// A text field. Templates see stored properties alone.
    struct Field {
        let name: String
        let label: String
        let hint: String
        let type: String
        let value: String
        let autocomplete: String
        let capitals: String
        let isRequired: Bool
        let minimumLength: Int?
        /// What would be right; nil when nothing is wrong.
        let message: String?
        let describedBy: String

        init(
            _ name: String, _ label: String, hint: String, type: String = "text", value: String, autocomplete: String,
            capitals: String = "none", isRequired: Bool = true, minimumLength: Int? = nil, message: String?
        ) {
            self.name = name
            self.label = label
            self.hint = hint
            self.type = type
            self.value = value
            self.autocomplete = autocomplete
            self.capitals = capitals
            self.isRequired = isRequired
            self.minimumLength = minimumLength
            self.message = message
            describedBy = message == nil ? "\(name)-hint" : "\(name)-error \(name)-hint"
        }
    }

    /// A line of the summary, leading to its field.
    struct Problem {
        let target: String
        let sentence: String
    }

    static let title = "Set up"
    private static let keyName = "first-admin-key"

    let token: String
    let fields: [Field]
    let wantsKey: Bool
    let keyField: Field
    let problems: [Problem]
    let hasProblems: Bool
    /// Whether a password was right and has to be typed again nevertheless.
    let lostPassword: Bool

    /// The form as it is first shown.
    init(token: Secret) {
        self.init(token, organization: "", email: "", wantsKey: true, keyName: Self.keyName, [:])
    }

    /// The form with what was typed, and what is wrong with it.
    init(token: Secret, _ submission: SetupSubmission, _ violations: [Violation]) {
        var messages: [String: String] = [:]
        for violation in violations where messages[violation.pointer] == nil {
            messages[violation.pointer] = violation.message
        }
        if messages["/password"] != nil, submission.password.bytes.count < Password.lengthInBytes.lowerBound {
            messages["/password"] = "Use at least \(Password.lengthInBytes.lowerBound) characters."
        }
        self.init(
            token, organization: submission.organization, email: submission.email, wantsKey: submission.wantsKey,
            keyName: submission.keyName, messages
        )
    }

    private init(
        _ token: Secret, organization: String, email: String, wantsKey: Bool, keyName: String,
        _ messages: [String: String]
    ) {
        let shortest = Password.lengthInBytes.lowerBound
        self.token = token.reveal()
        self.wantsKey = wantsKey
        fields = [
            Field(
                "organization", "Organization name", hint: "As your people know it, for example Example Inc.",
                value: organization, autocomplete: "organization", capitals: "words", message: messages["/organization"]
            ),
            Field(
                "email", "Your email address", hint: "You sign in with it. No mail is sent.", type: "email",
                value: email, autocomplete: "username", message: messages["/email"]
            ),
            Field(
                "password", "Password", hint: "At least \(shortest) characters. A few words in a row are fine.",
                type: "password", value: "", autocomplete: "new-password", minimumLength: shortest,
                message: messages["/password"]
            ),
        ]
        keyField = Field(
            "key_name", "Key name", hint: "One that tells later what the key is for.", value: keyName,
            autocomplete: "off", isRequired: false, message: messages["/key_name"]
        )
        problems = (fields + [keyField]).compactMap { field in
            field.message.map { Problem(target: field.name, sentence: "\(field.label): \($0)") }
        }
        hasProblems = !problems.isEmpty
        lostPassword = hasProblems && messages["/password"] == nil
    }
}
