import HTTPTypes
import Hummingbird
import HummingbirdCore
import KeywrightDomain
import KeywrightOperations
import KeywrightWire

/// A request that found its route, with what handlers read from it.
struct Call: Sendable {
    let request: Request
    let context: APIContext

    /// The most bytes of a body; the transport refuses larger ones before they get here.
    static let bodyLimit = 64 * 1024

    /// The query as it was written, without the question mark; empty when there is none.
    var queryText: String { request.uri.query ?? "" }

    /// The values of a header field, one for each time it was sent.
    func values(of name: HTTPField.Name) -> [String] { request.headers[values: name] }

    /// What a function reads from the query's parameters.
    ///
    /// - Throws: `.invalid` naming every parameter that is wrong, unknown ones included unless they are ignored.
    func query<Value>(
        _ names: Set<String>, repeatable: Set<String> = [], ignoresOthers: Bool = false,
        _ read: (inout Query) -> Value
    ) throws(DomainError) -> Value {
        var query = Query(
            parsing: queryText, names: names, repeatable: repeatable, ignoresOthers: ignoresOthers
        )
        let value = read(&query)
        try query.check()
        return value
    }

    /// Refuses every parameter.
    func requireNoQuery() throws(DomainError) {
        try query([]) { _ in }
    }

    /// The id in the path; what is no id names nothing.
    func id<Entity>(_ what: String, as: Entity.Type = Entity.self) throws -> Identifier<Entity> {
        guard let text = context.parameters.get("id"), let id = Identifier<Entity>(parsing: text) else {
            throw DomainError.notFound(what)
        }
        return id
    }

    /// The whole body.
    func bytes() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await part in request.body {
            bytes += part.readableBytesView
            guard bytes.count <= Self.bodyLimit else { throw TransportProblem.bodyTooLarge }
        }
        return bytes
    }

    /// The body as JSON.
    ///
    /// - Parameter anyType: whether the Content-Type is ignored, as on `/token`.
    func json(anyType: Bool = false) async throws -> JSONValue {
        try await jsonWithBytes(anyType: anyType).value
    }

    func jsonWithBytes(anyType: Bool = false) async throws -> (value: JSONValue, bytes: [UInt8]) {
        if !anyType { try requireJSON() }
        let bytes = try await bytes()
        return (try StrictJSON.parse(bytes), bytes)
    }

    private func requireJSON() throws {
        guard let type = request.headers[.contentType], type != "application/json" else { return }
        let media = type.split(separator: ";", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        guard media.trimmingASCIIBlanks.lowercased() == "application/json" else {
            throw TransportProblem.unsupportedMediaType
        }
    }

    /// The versions a change is meant for. A weak or unreadable tag matches none.
    func expectedVersion() -> ExpectedVersion {
        let values = request.headers[values: .ifMatch]
        if values.isEmpty { return .any }
        let tags = values.flatMap { $0.split(separator: ",") }.map { String($0).trimmingASCIIBlanks }
        if tags == ["*"] { return .any }
        return .oneOf(
            tags.compactMap { tag in
                guard tag.utf8.count > 2, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return nil }
                return Identifier<APIKey>(parsing: tag.dropFirst().dropLast())?.rawValue
            }
        )
    }
}

extension StringProtocol {
    /// The text without blanks and tabs around it.
    var trimmingASCIIBlanks: String {
        var bytes = Array(utf8)[...]
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Reasons to refuse that have nothing to do with the domain.
enum TransportProblem: Error, Equatable {
    case bodyTooLarge
    case unsupportedMediaType
    case methodNotAllowed(allowed: String)
    case noSuchPath
}
