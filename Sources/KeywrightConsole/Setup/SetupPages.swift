import Hummingbird
import KeywrightDomain
import KeywrightOperations

extension ConsoleRoutes {
    /// The form, while the link works; the token in it proves that it came from here.
    func setupForm(_ request: Request) async throws -> Response {
        guard let query = request.uri.query, let fields = try? FormFields(query.utf8) else {
            throw ErrorPage.noSetupLink
        }
        let token = try await validToken(fields["token"])
        return pages.page(.setupForm, title: SetupForm.title, SetupForm(token: token))
    }

    /// Makes the first administrator; the answer is the only place where the first key is ever shown.
    func setUp(_ fields: FormFields, from origin: Principal.Origin) async throws -> Response {
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
