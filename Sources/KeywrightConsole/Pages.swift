import Hummingbird
import KeywrightDomain

/// Turns a template and what it shows into an answer.
struct Pages: Sendable {
    /// What every page shows around its content.
    private struct Frame {
        let title: String
        let stylesheetPath = Asset.stylesheet.path
        let iconPath = Asset.icon.path
        let isReadableOnTheWay: Bool
        let content: Any
    }

    private let safety: ConnectionSafety

    /// - Parameter publicURL: the address under which people open the pages.
    init(publicURL: String) {
        safety = ConnectionSafety(publicURL: publicURL)
    }

    /// A page that no cache keeps.
    func page(
        _ template: Templates.Name, title: String, status: HTTPResponse.Status = .ok, _ content: Any
    ) -> Response {
        let frame = Frame(title: title, isReadableOnTheWay: safety == .readable, content: content)
        let text = Templates.render(template, frame)
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// A page that says what went wrong.
    func error(_ error: ErrorPage) -> Response {
        page(.error, title: error.heading, status: error.status, error)
    }

    /// The header fields of every page.
    private var headers: HTTPFields {
        var fields = HTTPFields()
        fields[.contentType] = "text/html; charset=utf-8"
        fields[.cacheControl] = "no-store"
        fields[.contentSecurityPolicy] = Self.contentSecurityPolicy
        fields[.xContentTypeOptions] = "nosniff"
        fields.set("Referrer-Policy", "no-referrer")
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

/// Whether others can read what people send and see.
enum ConnectionSafety {
    /// TLS protects it.
    case encrypted
    /// It does not leave the machine.
    case loopback
    /// Plain HTTP on a network.
    case readable

    init(publicURL: String) {
        if publicURL.hasPrefix("https://") {
            self = .encrypted
        } else {
            self = Self.isLoopback(publicURL.dropFirst("http://".count)) ? .loopback : .readable
        }
    }

    private static func isLoopback(_ authority: Substring) -> Bool {
        if authority.hasPrefix("[::1]") { return true }
        let host = authority.prefix { $0 != ":" && $0 != "/" }
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers.first == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}

extension HTTPFields {
    /// Sets a field that has no constant.
    mutating func set(_ name: String, _ value: String) {
        if let name = HTTPFields.Element.Name(name) { self[name] = value }
    }

    /// The values of a field that has no constant.
    func values(_ name: String) -> [String] {
        HTTPFields.Element.Name(name).map { self[values: $0] } ?? []
    }
}
