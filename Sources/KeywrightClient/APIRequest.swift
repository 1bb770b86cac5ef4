import KeywrightWire

/// A request of the HTTP API, before it is bound to a server.
struct APIRequest: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case patch = "PATCH"
        case put = "PUT"
        case delete = "DELETE"
    }

    let method: Method
    /// Starts with a slash and holds no character that would need escaping.
    let path: String
    var parameters: [Parameter] = []
    var body: [UInt8]?
    /// Whether the credential goes into the `Authorization` header.
    var isAuthorized = true

    /// A request without a body.
    init(_ method: Method, _ path: String, _ parameters: [Parameter] = []) {
        self.method = method
        self.path = path
        self.parameters = parameters
    }

    /// A request with a JSON body.
    init(_ method: Method, _ path: String, body: some Encodable) throws {
        self.init(method, path)
        self.body = try WireJSON.encode(body)
    }
}
