import Foundation
import Hummingbird
import KeywrightDomain

/// Turns a template and what it shows into an answer.
struct Pages: Sendable {
    private let safety: ConnectionSafety

    init(safety: ConnectionSafety) {
        self.safety = safety
    }

    /// A page around which stands the whole console: navigation, account menu, toast.
    func page(
        _ template: Templates.Name, _ frame: PageFrame, status: HTTPResponse.Status = .ok,
        _ content: some Encodable
    ) -> Response {
        var frame = frame
        if safety == .readable { frame.banners.insert(.readable, at: 0) }
        let page = ByteBuffer(bytes: Templates.page(template, frame, content))
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: page))
    }

    /// A page for whoever is not signed in.
    func page(
        _ template: Templates.Name, title: String, isNarrow: Bool = false, status: HTTPResponse.Status = .ok,
        _ content: some Encodable
    ) -> Response {
        page(template, PageFrame(title: title, isNarrow: isNarrow), status: status, content)
    }

    /// JSON for our own scripts.
    func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        var fields = headers
        fields[.contentType] = "application/json"
        let body = ByteBuffer(bytes: try JSONEncoder().encode(value))
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: body))
    }

    /// A file to keep.
    func file(_ name: String, type: String, _ body: ResponseBody) -> Response {
        var fields = headers
        fields[.contentType] = type
        fields[.contentDisposition] = "attachment; filename=\"\(name)\""
        return Response(status: .ok, headers: fields, body: body)
    }

    /// Leads on to another page of ours, by GET.
    func redirect(to path: String) -> Response {
        var fields = headers
        fields[.contentType] = nil
        fields[.location] = path
        return Response(status: .seeOther, headers: fields)
    }

    /// The answer to a method that a page does not know.
    func methodNotAllowed(allowed: String) -> Response {
        var response = page(
            .errorPlain, title: ErrorPage.methodNotAllowed.heading, status: .methodNotAllowed,
            ErrorModel(.methodNotAllowed)
        )
        response.headers[.allow] = allowed
        return response
    }

    /// The header fields of every page.
    private var headers: HTTPFields {
        var fields = HTTPFields()
        fields[.contentType] = "text/html; charset=utf-8"
        fields[.cacheControl] = "no-store"
        fields[.contentSecurityPolicy] = Self.contentSecurityPolicy
        fields[.xContentTypeOptions] = "nosniff"
        fields.set("Referrer-Policy", "same-origin")
        fields.set("Permissions-Policy", "clipboard-write=(self), clipboard-read=()")
        fields.set("X-Frame-Options", "DENY")
        // Browsers ignore it on other origins, and complain.
        if safety != .readable { fields.set("Cross-Origin-Opener-Policy", "same-origin") }
        return fields
    }

    private static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
        "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
        "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")
}

extension Response {
    /// The same page without telling anyone, ourselves included, by which address it was opened.
    var withoutReferrer: Response {
        var response = self
        response.headers.set("Referrer-Policy", "no-referrer")
        return response
    }
}
