import Hummingbird
import KeywrightDomain
import Logging

/// A request that found its page, with what handlers read from it.
struct ConsoleCall: Sendable {
    let request: Request
    let parameters: Parameters
    let origin: Principal.Origin
    let logger: Logger

    /// A part of the path, decoded.
    ///
    /// - Throws: the page for what does not exist, when it is not text.
    func parameter(_ name: String) throws -> String {
        guard let raw = parameters.get(name), let text = PercentEncoding.decode(Array(raw.utf8)) else {
            throw ErrorPage.noSuchPage
        }
        return text
    }

    /// The id in the path; what is no id names nothing.
    func id<Entity>(_ name: String = "id", as: Entity.Type = Entity.self) throws -> Identifier<Entity> {
        guard let id = Identifier<Entity>(parsing: try parameter(name)) else { throw ErrorPage.noSuchPage }
        return id
    }

    /// What stands after the question mark.
    ///
    /// - Throws: the page for an address that cannot be read.
    func query() throws -> FormFields {
        guard let text = request.uri.query else { return FormFields() }
        guard let fields = try? FormFields(Array(text.utf8)) else { throw ErrorPage.unreadableAddress }
        return fields
    }

    /// A cookie's value; nil when it was not sent.
    func cookie(_ name: String) -> String? {
        request.cookies[name]?.value
    }

    /// Whether the caller is one of our scripts, which reads JSON.
    var wantsJSON: Bool {
        request.headers[values: .accept].contains { $0.hasPrefix("application/json") }
    }

    /// The path with its query, as it was asked for.
    var pathAndQuery: String {
        request.uri.path + (request.uri.query.map { "?\($0)" } ?? "")
    }
}
