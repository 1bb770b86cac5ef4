import Foundation
import Hummingbird
import KeywrightDomain
import KeywrightOperations

extension Console {
    /// Signing in and out.
    var sessionRoutes: [ConsoleRoute] {
        [
            openPage("/") { _ in pages.redirect(to: APIKeyListState.path) },
            openPage("/sign-in") { call in
                if case .signedIn = try await visit(call) {
                    return pages.redirect(to: NextPath(try call.query()["next"]).path)
                }
                let isSetUp = try await operations.isSetUp()
                return signInPage(
                    SignInForm(next: NextPath(try call.query()["next"]), notice: isSetUp ? nil : Self.setupNotice)
                )
            },
            openForm("/sign-in", .origin, signIn),
            form("/sign-out") { call, visitor, _ in
                try await operations.signOut(visitor.signedIn)
                var response = signInPage(SignInForm(next: NextPath(""), notice: "You are signed out."))
                response.setCookie(cookies.removed(cookies.session))
                return response
            },
            form("/session/extend") { call, visitor, _ in
                guard let value = call.cookie(cookies.session),
                    case .signedIn(let signedIn) = try await operations.extendSession(Secret(value), from: call.origin)
                else { throw DomainError(.unauthenticated, "Your session has ended. Sign in to continue.") }
                if call.wantsJSON {
                    let left = signedIn.endsAt.duration(since: operations.now()).components.seconds
                    return try pages.json(["expires_in": left])
                }
                return pages.redirect(to: NextPath(try call.query()["next"]).path)
            },
        ]
    }

    /// What somebody reads who came without the link.
    private static let setupNotice =
        "Nobody has set this installation up yet. Open the link that the server printed when it started; it prints a new "
        + "one at each start."

    private func signIn(_ call: ConsoleCall, _ form: FormFields) async throws -> Response {
        let next = NextPath(form["next"])
        let email = form["email"].trimmingCharacters(in: .whitespaces)
        do {
            let session = try await operations.signIn(
                email: email, password: Secret(form["password"]), from: call.origin,
                userAgent: call.request.headers[.userAgent]
            )
            return signedIn(session, next: next.path)
        } catch let error as DomainError where error.code == .unauthenticated || error.code == .rateLimited {
            let status: HTTPResponse.Status = error.code == .rateLimited ? .tooManyRequests : .unprocessableContent
            var response = signInPage(
                SignInForm(next: next, email: email, problem: error.detail, wait: error.retryAfter), status: status
            )
            if let wait = error.retryAfter { response.headers[.retryAfter] = "\(max(wait.components.seconds, 1))" }
            return response
        }
    }

    /// Leads a person whose session just began on.
    func signedIn(_ session: NewSession, next: String) -> Response {
        var response = pages.redirect(to: next)
        response.setCookie(cookies.make(cookies.session, session.value.reveal()))
        return response
    }

    private func signInPage(_ form: SignInForm, status: HTTPResponse.Status = .ok) -> Response {
        var frame = PageFrame(title: form.signInProblem == nil ? "Sign in" : "Error: Sign in", isNarrow: true)
        if let notice = form.notice { frame.banners.append(Banner(.info, notice)) }
        return pages.page(.signIn, frame, status: status, form)
    }

    // MARK: Without a session

    /// The answer to somebody who has to sign in first, and comes back afterwards.
    func askToSignIn(_ call: ConsoleCall, notice: String?, next: String) throws -> Response {
        if call.wantsJSON { return try signInAnswer(next: next) }
        guard let notice else {
            let isStart = next == "/" || next == APIKeyListState.path
            return pages.redirect(to: isStart ? "/sign-in" : "/sign-in?next=\(PercentEncoding.encode(next))")
        }
        return signInPage(SignInForm(next: NextPath(next), notice: notice))
    }

    /// The same for a form; what was typed is kept where it can be taken up again.
    func askToSignIn(
        _ call: ConsoleCall, notice: String?, keeping form: FormFields, at draftPath: String?
    ) async throws -> Response {
        guard let draftPath, let value = call.cookie(cookies.session),
            try await operations.keepForm(
                id: form["form_id"], path: draftPath, fields: form.encoded(except: ["csrf", "form_id"]),
                sessionValue: Secret(value)
            )
        else {
            let next = call.request.headers[.referer].flatMap(NextPath.init(referrer:))?.path ?? "/"
            if call.wantsJSON { return try signInAnswer(next: next) }
            return signInPage(SignInForm(next: NextPath(next), notice: notice ?? "Sign in to continue."))
        }
        let next = "\(draftPath)\(draftPath.contains("?") ? "&" : "?")draft=\(PercentEncoding.encode(form["form_id"]))"
        if call.wantsJSON { return try signInAnswer(next: next) }
        return signInPage(
            SignInForm(next: NextPath(next), notice: "Sign in to continue. Your entries are kept.")
        )
    }

    /// Where most forms are taken up again: at the address of their own page.
    static let ownPage: @Sendable (ConsoleCall, FormFields) -> String = { call, _ in call.pathAndQuery }

    /// What was typed into the form of this page when its session had ended; nil when nothing is kept, or not any more.
    func keptForm(_ call: ConsoleCall, _ visitor: Visitor) async throws -> FormFields? {
        let query = try call.query()
        guard query.contains("draft"),
            let kept = try await operations.takeForm(id: query["draft"], as: visitor.principal)
        else { return nil }
        return try? FormFields(Array(kept.fields.utf8))
    }

    private func signInAnswer(next: String) throws -> Response {
        try pages.json(["sign_in": "/sign-in?next=\(PercentEncoding.encode(next))"], status: .unauthorized)
    }
}

/// What the sign-in page shows, as `sign_in.mustache` describes it. A password that was typed is never part of it.
struct SignInForm: Encodable {
    let nextPath: String
    let fields: [Field]
    let signInProblem: String?
    /// How long to wait, within the problem.
    let signInWait: Wait?
    /// What is said above the form.
    let notice: String?

    /// A time to wait, as people and programs read it.
    struct Wait: Encodable {
        let waitISO: String
        let waitText: String
    }

    /// - Parameter wait: how long to wait until the next attempt.
    init(
        next: NextPath, email: String = "", notice: String? = nil, problem: String? = nil, wait: Duration? = nil
    ) {
        nextPath = next.path
        fields = [
            Field("email", "Email", .email, value: email, autocomplete: "username"),
            Field("password", "Password", .password, autocomplete: "current-password"),
        ]
        signInWait = wait.map { wait in
            let minutes = max(1, (Int(wait.components.seconds) + 59) / 60)
            return Wait(waitISO: "PT\(minutes)M", waitText: minutes == 1 ? "a minute" : minutes.of("minute"))
        }
        signInProblem = wait == nil ? problem : "Too many attempts. Try again in"
        self.notice = notice
    }
}

/// Where to go after signing in: a path of ours and nothing else.
struct NextPath: Sendable {
    let path: String

    /// - Parameter text: what an address or a form says; anything but a path of ours leads to the start.
    init(_ text: String) {
        let bytes = Array(text.utf8)
        let isPath = bytes.first == UInt8(ascii: "/") && bytes.dropFirst().first != UInt8(ascii: "/")
        // Browsers take a backslash for a slash, and leave out tabs and line ends.
        let isPlain = bytes.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
        path = isPath && isPlain && bytes.count <= 2_048 && !text.hasPrefix("/sign-") ? text : APIKeyListState.path
    }

    /// The path in a `Referer`; nil when there is none.
    init?(referrer: String) {
        guard let scheme = referrer.range(of: "://") else { return nil }
        self.init(String(referrer[scheme.upperBound...].drop { $0 != "/" }))
    }
}
