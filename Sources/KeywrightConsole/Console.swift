import Hummingbird
import KeywrightDomain
import KeywrightOperations
import Logging

/// The pages on the operations of an installation.
struct Console: Sendable {
    let operations: Operations
    let pages: Pages
    let cookies: ConsoleCookies
    let filterParts = FilterParts()

    init(operations: Operations) {
        self.operations = operations
        let safety = ConnectionSafety(publicURL: operations.settings.publicURL)
        cookies = ConsoleCookies(isSecure: safety == .encrypted)
        pages = Pages(safety: safety)
    }

    /// Every page and every form there is.
    var routes: [ConsoleRoute] {
        setupRoutes + sessionRoutes + invitationRoutes + accountRoutes + apiKeyRoutes + roleRoutes + resourceRoutes
            + peopleRoutes + auditRoutes
    }

    // MARK: Declaring routes

    /// A page for anyone.
    func openPage(
        _ path: String, hidesAddress: Bool = false, _ handle: @escaping @Sendable (ConsoleCall) async throws -> Response
    ) -> ConsoleRoute {
        ConsoleRoute(method: .get, path: path, access: .open, hidesAddress: hidesAddress, handle: handle)
    }

    /// A form that anyone may send from one of our own pages.
    func openForm(
        _ path: String, _ proof: FormProof, hidesAddress: Bool = false,
        _ handle: @escaping @Sendable (ConsoleCall, FormFields) async throws -> Response
    ) -> ConsoleRoute {
        ConsoleRoute(method: .post, path: path, access: .open, hidesAddress: hidesAddress) { call in
            try await handle(call, form(of: call, proof))
        }
    }

    /// A page for whoever is signed in; others are led to the sign-in page, and back from there.
    func page(
        _ path: String, _ handle: @escaping @Sendable (ConsoleCall, Visitor) async throws -> Response
    ) -> ConsoleRoute {
        ConsoleRoute(method: .get, path: path, access: .signedIn) { call in
            switch try await visit(call) {
            case .signedIn(let visitor): return finish(try await handle(call, visitor), call)
            case .signedOut(let notice):
                return try askToSignIn(call, notice: notice, next: call.pathAndQuery)
            }
        }
    }

    /// An answer that our own scripts ask for by themselves: it does not keep the session alive.
    func quietPage(
        _ path: String, _ handle: @escaping @Sendable (ConsoleCall, Visitor) async throws -> Response
    ) -> ConsoleRoute {
        ConsoleRoute(method: .get, path: path, access: .signedIn) { call in
            switch try await visit(call, countsAsUse: false) {
            case .signedIn(let visitor): return try await handle(call, visitor)
            case .signedOut(let notice): return try askToSignIn(call, notice: notice, next: "/")
            }
        }
    }

    /// A form that a signed-in person sends.
    ///
    /// It is refused unless it comes from our own page and carries the session's token.
    ///
    /// - Parameter draftPath: the page that takes up what was typed when the session had ended meanwhile; nil for forms
    ///   that hold a password, or too little to be worth it.
    func form(
        _ path: String, draftPath: (@Sendable (ConsoleCall, FormFields) -> String)? = nil,
        _ handle: @escaping @Sendable (ConsoleCall, Visitor, FormFields) async throws -> Response
    ) -> ConsoleRoute {
        ConsoleRoute(method: .post, path: path, access: .signedIn) { call in
            let form = try await form(of: call, .origin)
            switch try await visit(call) {
            case .signedIn(let visitor):
                guard visitor.signedIn.accepts(formToken: form["csrf"]) else { throw ErrorPage.foreignForm }
                return finish(try await handle(call, visitor, form), call)
            case .signedOut(let notice):
                return try await askToSignIn(call, notice: notice, keeping: form, at: draftPath?(call, form))
            }
        }
    }

    private func form(of call: ConsoleCall, _ proof: FormProof) async throws -> FormFields {
        try await call.form(proof, at: operations.publicURL).hidingKeys(of: operations.settings.keyFormat)
    }

    // MARK: Answering

    /// Runs a route; what goes wrong becomes a page.
    func answer(_ route: ConsoleRoute, _ call: ConsoleCall) async throws -> Response {
        let response: Response
        do {
            response = try await route.handle(call)
        } catch let error as UnreadBody {
            throw error.cause
        } catch let error as CancellationError {
            throw error
        } catch let page as ErrorPage {
            response = await show(page, call)
        } catch let error as DomainError {
            response = await show(ErrorPage(error, requestID: call.origin.requestID), call)
        } catch {
            call.logger.error("A page could not be made.", metadata: ["error": "\(error)"])
            let retry = call.request.method == .post ? nil : call.pathAndQuery
            response = await show(.internalFailure(requestID: call.origin.requestID, retry: retry), call)
        }
        return route.hidesAddress ? response.withoutReferrer : response
    }

    /// A page that says what went wrong, within the console for whoever is signed in.
    func show(_ error: ErrorPage, _ call: ConsoleCall) async -> Response {
        if call.wantsJSON, let response = try? pages.json(ErrorAnswer(error), status: error.status) { return response }
        var error = error
        guard case .signedIn(let visitor)? = try? await visit(call) else {
            if error.links.isEmpty { error.links = [.init(linkPath: "/sign-in", linkLabel: "Sign in")] }
            return pages.page(.errorPlain, title: error.heading, status: error.status, ErrorModel(error))
        }
        let isReader = visitor.principal.rights.readsAPIKeys
        error.links.append(
            isReader
                ? .init(linkPath: APIKeyListState.path, linkLabel: "Go to API keys")
                : .init(linkPath: Self.accountPath, linkLabel: "Go to your account")
        )
        let frame = PageFrame(error.heading, in: error.section, call, visitor)
        return pages.page(.error, frame, status: error.status, ErrorModel(error))
    }
}

/// What went wrong, for our own scripts.
struct ErrorAnswer: Encodable {
    let message: String
    let details: [String]

    init(_ error: ErrorPage) {
        message = error.heading
        details = error.paragraphs
    }
}
