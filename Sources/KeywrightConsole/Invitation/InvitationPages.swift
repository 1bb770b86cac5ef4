import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// The page behind the link of an invitation or a password reset.
extension Console {
    var invitationRoutes: [ConsoleRoute] {
        [
            openPage("/invitation", hidesAddress: true) { call in
                guard let fields = try? call.query() else { throw ErrorPage.noInvitation }
                let (token, pending) = try await pendingInvitation(fields["token"])
                return invitationPage(InvitationForm(token: token, pending))
            },
            openForm("/invitation", .token, hidesAddress: true, acceptInvitation),
        ]
    }

    private func acceptInvitation(_ call: ConsoleCall, _ fields: FormFields) async throws -> Response {
        let (token, pending) = try await pendingInvitation(fields["token"])
        let typed = InvitationForm.Names(first: fields["first_name"], last: fields["last_name"])
        let password = Secret(fields["password"])
        do {
            let session = try await operations.acceptInvitation(
                token, password: password, firstName: typed.first.trimmedBlanks, lastName: typed.last.trimmedBlanks,
                from: call.origin, userAgent: call.request.headers[.userAgent]
            )
            var response = redirect(
                to: APIKeyListState.path,
                saying: pending.purpose == .invitation
                    ? "Welcome to \(pending.organizationName)" : "Your password is changed, and you are signed in"
            )
            response.setCookie(cookies.make(cookies.session, session.value.reveal()))
            return response
        } catch let error as DomainError where error.code == .invalid {
            let form = InvitationForm(token: token, pending, typed, password: password, error.violations)
            return invitationPage(form, status: .unprocessableContent)
        } catch let error as DomainError where error.code == .notFound {
            throw ErrorPage.noInvitation
        }
    }

    private func invitationPage(_ form: InvitationForm, status: HTTPResponse.Status = .ok) -> Response {
        let title = form.hasProblems ? "Error: \(form.invitationTitle)" : form.invitationTitle
        return pages.page(.invitation, title: title, isNarrow: true, status: status, form)
    }

    /// - Throws: the page for a link that does not work, whatever the reason.
    private func pendingInvitation(_ text: String) async throws -> (Secret, PendingInvitation) {
        let token = Secret(text)
        // Longer than any token, so not worth a look-up.
        guard (1...100).contains(text.utf8.count) else { throw ErrorPage.noInvitation }
        do {
            return (token, try await operations.invitation(token))
        } catch let error as DomainError where error.code == .notFound {
            throw ErrorPage.noInvitation
        }
    }
}

extension ErrorPage {
    /// A link that is unknown, used or expired, or whose person is not active: all get the same answer.
    static let noInvitation = ErrorPage(
        status: .notFound, heading: "This link does not work",
        paragraphs: [
            "An invitation works once, for 7 days; a link for a new password works once, for 24 hours.",
            "If you have chosen a password already, sign in with it. Otherwise ask an administrator for a new link.",
        ],
        links: [.init(linkPath: "/sign-in", linkLabel: "Sign in", linkClass: "primary")]
    )
}
