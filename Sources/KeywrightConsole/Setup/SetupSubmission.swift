import Foundation
import KeywrightDomain
import KeywrightOperations

/// What somebody typed into the set-up form.
struct SetupSubmission {
    let organization: String
    let email: String
    let password: Secret
    let wantsKey: Bool
    let keyName: String

    init(_ fields: FormFields) {
        organization = fields["organization"]
        // Keyboards of phones like to add a blank.
        email = fields["email"].trimmingCharacters(in: .whitespaces)
        password = Secret(fields["password"])
        wantsKey = fields.contains("with_key")
        keyName = fields["key_name"]
    }

    var draft: AdministratorDraft {
        AdministratorDraft(
            organization: organization, email: email, password: password, keyName: wantsKey ? keyName : nil
        )
    }
}
