import KeywrightDomain

/// What the set-up form shows. A password that was typed is never part of it.
struct SetupForm: Encodable {
    static let title = "Set up"
    private static let keyName = "first-admin-key"

    let token: String
    let fields: [Field]
    let wantsKey: Bool
    let keyField: Field
    let problems: [Problem]
    let hasProblems: Bool
    /// A password that was right has to be typed again nevertheless.
    let problemNote: String?

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
                value: organization, autocomplete: "organization", capitals: "words", error: messages["/organization"]
            ),
            Field(
                "email", "Your email address", hint: "You sign in with it. No mail is sent.", .email, value: email,
                autocomplete: "username", error: messages["/email"]
            ),
            Field(
                "password", "Password", hint: "At least \(shortest) characters. A few words in a row are fine.",
                .password, autocomplete: "new-password", minimum: shortest, error: messages["/password"]
            ),
        ]
        keyField = Field(
            "key_name", "Key name", hint: "One that tells later what the key is for.", value: keyName,
            isRequired: false, error: messages["/key_name"]
        )
        problems = (fields + [keyField]).compactMap { field in
            field.fieldError.map { Problem(field.fieldName, "\(field.fieldLabel): \($0)") }
        }
        hasProblems = !problems.isEmpty
        let lostPassword = hasProblems && messages["/password"] == nil
        problemNote = lostPassword ? "Type the password again: it was not kept." : nil
    }
}
