import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KeywrightDomain
import KeywrightOperations
import NIOCore
import Testing

/// Somebody's browser at the console of a site: it keeps cookies, and sends forms from our own pages.
final class ConsoleBrowser {
    let site: SetupSite
    private(set) var cookies: [String: String] = [:]

    /// A browser of nobody in particular.
    init(_ site: SetupSite) {
        self.site = site
    }

    /// An answer as text, with what tests look at.
    struct Answer {
        let status: HTTPResponse.Status
        let text: String
        let headers: HTTPFields

        var location: String? { headers[.location] }

        /// What the page says, without markup and entities.
        var words: String {
            text.replacing(/<[^>]*>/, with: "").replacing("&#39;", with: "'").replacing("&quot;", with: "\"")
        }
    }

    /// Opens a page.
    func open(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await send(path, .get, headers: headers)
    }

    /// Sends a form that carries the session's token.
    func post(
        _ path: String, _ fields: [(String, String)] = [], token: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Answer {
        var own = fields
        own.append(("csrf", try token ?? formToken()))
        return try await submit(path, own, headers: headers)
    }

    /// Sends a form as it is.
    func submit(
        _ path: String, _ fields: [(String, String)], site origin: String = "same-origin", headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        headers.append(HTTPField(name: try #require(HTTPField.Name("Sec-Fetch-Site")), value: origin))
        let body = fields.map { "\($0)=\(SetupSite.encoded($1))" }.joined(separator: "&")
        return try await send(path, .post, headers: headers, body: body)
    }

    private func send(
        _ path: String, _ method: HTTPRequest.Method, headers: HTTPFields, body: String? = nil
    ) async throws -> Answer {
        var headers = headers
        if !cookies.isEmpty {
            headers[.cookie] = cookies.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: "; ")
        }
        let response = try await site.client.execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
        )
        for value in response.headers[values: .setCookie] {
            let pair = value.split(separator: ";")[0].split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            cookies[String(pair[0])] = value.contains("Max-Age=0") ? nil : String(pair[1])
        }
        return Answer(status: response.status, text: String(buffer: response.body), headers: response.headers)
    }

    private func formToken() throws -> String {
        site.operations.formToken(for: Secret(cookies["keywright"] ?? ""))
    }

    /// Takes up a session.
    func take(_ session: NewSession) {
        cookies["keywright"] = session.value.reveal()
    }
}

/// A site that somebody has set up: organization 1 with the account "main" (1), and the people of a test.
extension SetupSite {
    static let origin = Principal.Origin(address: address, requestID: "request-1")

    /// Runs a body on such a site, with its administrator's browser.
    static func runSetUp(
        _ body: @escaping @Sendable (SetupSite, ConsoleBrowser) async throws -> Void
    ) async throws {
        try await run { site in
            let draft = AdministratorDraft(
                organization: "Example", email: "admin@example.com", password: Secret(password), keyName: nil
            )
            _ = try await site.operations.createAdministrator(draft)
            let browser = ConsoleBrowser(site)
            let session = try await site.signIn("admin@example.com")
            browser.take(session)
            _ = try await site.operations.createResource(
                .account, name: "main", slug: nil, parentID: 1, as: session.signedIn.principal
            )
            try await body(site, browser)
        }
    }

    /// A session of a person with the usual password.
    func signIn(_ email: String) async throws -> NewSession {
        try await operations.signIn(email: email, password: Secret(Self.password), from: Self.origin)
    }

    /// A further person, with a password and roles.
    @discardableResult
    func makePerson(
        _ email: String, first: String = "Ada", last: String = "Lovelace", _ grants: [(role: String, nrn: String)] = []
    ) async throws -> User {
        let admin = try await signIn("admin@example.com").signedIn.principal
        let invitation = try await operations.invitePerson(
            PersonDraft(email: email, firstName: first, lastName: last),
            grants: grants.map { GrantInput(nrn: $0.nrn, shape: .slug($0.role)) }, as: admin
        )
        let token = String(invitation.url.reveal().split(separator: "=").last ?? "")
        _ = try await operations.acceptInvitation(Secret(token), password: Secret(Self.password), from: Self.origin)
        return invitation.user
    }

    /// The browser of a person with the usual password.
    func browser(of email: String) async throws -> ConsoleBrowser {
        let browser = ConsoleBrowser(self)
        browser.take(try await signIn(email))
        return browser
    }

    /// A key that a person created.
    @discardableResult
    func makeKey(_ name: String, by email: String, at nrn: String = "organization=1:account=1") async throws -> APIKey {
        let principal = try await signIn(email).signedIn.principal
        let grant = GrantInput(nrn: nrn, shape: .slug("member"))
        return try await operations.createAPIKey(APIKeyDraft(name: name, grants: [grant], tags: []), as: principal).key
    }
}
