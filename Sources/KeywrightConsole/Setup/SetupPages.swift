import Hummingbird
import KeywrightDomain
import KeywrightOperations

extension Console {
    /// The pages by which the first administrator comes about.
    var setupRoutes: [ConsoleRoute] {
        [
            openPage("/setup", hidesAddress: true) { try await setupForm($0) },
            openForm("/setup", .token, hidesAddress: true) { call, form in try await setUp(form, from: call.origin) },
        ]
    }

    /// The form, while the link works; the token in it proves that it came from here.
    private func setupForm(_ call: ConsoleCall) async throws -> Response {
        guard let fields = try? call.query() else { throw ErrorPage.noSetupLink }
        let token = try await validToken(fields["token"])
        return pages.page(.setupForm, title: SetupForm.title, SetupForm(token: token))
    }

    /// Makes the first administrator; the answer is the only place where the first key is ever shown.
    private func setUp(_ fields: FormFields, from origin: Principal.Origin) async throws -> Response {
        let token = try await validToken(fields["token"])
        let submission = SetupSubmission(fields)
        do {
            let made = try await operations.setUp(submission.draft, token: token, from: origin)
            let done = SetupDone(
                made, keyFormat: operations.settings.keyFormat, publicURL: operations.publicURL
            )
            return pages.page(.setupDone, title: SetupDone.title, done)
        } catch let error as DomainError where error.code == .invalid {
            let form = SetupForm(token: token, submission, error.violations)
            return pages.page(.setupForm, title: "Error: \(SetupForm.title)", status: .unprocessableContent, form)
        } catch let error as DomainError where error.code == .notFound {
            throw ErrorPage.noSetupLink
        }
    }

    /// - Throws: the page for a link that does not work, whatever the reason.
    private func validToken(_ text: String) async throws -> Secret {
        let token = Secret(text)
        // Longer than any token, so not worth a look-up.
        guard (1...100).contains(text.utf8.count), try await operations.isSetupLinkValid(token) else {
            throw ErrorPage.noSetupLink
        }
        return token
    }
}
