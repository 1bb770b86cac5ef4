import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// One's own account: preferences, password and sessions.
extension Console {
    static let accountPath = "/me"

    var accountRoutes: [ConsoleRoute] {
        [
            page(Self.accountPath) { call, visitor in try await accountPage(call, visitor) },
            form(Self.accountPath, savePreferences),
            form("\(Self.accountPath)/password", changePassword),
            form("\(Self.accountPath)/sessions/{id}/end") { call, visitor, _ in
                try await operations.endSession(try call.id(as: Session.self), as: visitor.principal)
                return redirect(to: Self.accountPath, saying: "Session ended")
            },
        ]
    }

    private func accountPage(
        _ call: ConsoleCall, _ visitor: Visitor, _ form: PasswordForm = PasswordForm(),
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let principal = visitor.principal
        let model = AccountModel(
            try await operations.person(visitor.signedIn.user.id, as: principal), catalogue: principal.catalogue,
            sessions: try await operations.sessions(of: visitor.signedIn.user.id, as: principal),
            here: visitor.signedIn.session.id, form, now: operations.now()
        )
        let title = form.hasProblems ? "Error: Your account" : "Your account"
        var frame = PageFrame(title, in: nil, crumbs: [.init("Your account")], call, visitor)
        frame.here = Self.accountPath
        return pages.page(.account, frame, status: status, model)
    }

    // MARK: Preferences

    /// Theme and shortcuts live in cookies, which scripts read before the server is asked.
    private func savePreferences(
        _ call: ConsoleCall, _ visitor: Visitor, _ form: FormFields
    ) async throws -> Response {
        var saved: [Cookie] = []
        func keep(_ name: String, _ value: String?) {
            let year = 365 * 86_400
            saved.append(
                value.map { cookies.make(name, $0, ageInSeconds: year, scriptsMayRead: true) }
                    ?? cookies.removed(name, scriptsMayRead: true)
            )
        }
        switch form["theme"] {
        case "light", "dark": keep(ConsoleCookies.theme, form["theme"])
        case "system": keep(ConsoleCookies.theme, nil)
        default: break
        }
        switch form["shortcuts"] {
        case "off": keep(ConsoleCookies.shortcuts, "off")
        case "on": keep(ConsoleCookies.shortcuts, nil)
        default: break
        }
        guard !saved.isEmpty else { throw ErrorPage.unknownPreference }
        var response =
            call.wantsJSON
            ? try pages.json(["saved": true]) : pages.redirect(to: NextPath(form["return"]).path)
        for cookie in saved { response.setCookie(cookie) }
        return response
    }

    // MARK: Password

    private func changePassword(_ call: ConsoleCall, _ visitor: Visitor, _ form: FormFields) async throws -> Response {
        let (current, new) = (Secret(form["current_password"]), Secret(form["new_password"]))
        guard !current.bytes.isEmpty else {
            let problems = PasswordForm(new: new, [Violation("/current_password", "Enter your current password.")])
            return try await accountPage(call, visitor, problems, status: .unprocessableContent)
        }
        do {
            let session = try await operations.changePassword(
                from: current, to: new, in: visitor.signedIn, userAgent: call.request.headers[.userAgent]
            )
            var response = redirect(to: Self.accountPath, saying: "Password changed. Your other sessions have ended")
            response.setCookie(cookies.make(cookies.session, session.value.reveal()))
            return response
        } catch let error as DomainError where error.code == .invalid {
            let problems = PasswordForm(new: new, error.violations)
            return try await accountPage(call, visitor, problems, status: .unprocessableContent)
        } catch let error as DomainError where error.code == .rateLimited {
            let problems = PasswordForm(new: new, [Violation("/current_password", error.detail)])
            var response = try await accountPage(call, visitor, problems, status: .tooManyRequests)
            if let wait = error.retryAfter { response.headers[.retryAfter] = "\(max(wait.components.seconds, 1))" }
            return response
        }
    }
}

extension ErrorPage {
    static let unknownPreference = ErrorPage(
        status: .unprocessableContent, heading: "That is not a preference",
        paragraphs: ["The theme is system, light or dark; keyboard shortcuts are on or off. Nothing was changed."]
    )
}
