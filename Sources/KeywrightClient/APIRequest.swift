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

    /// What is sent, and the media type that says how to read it.
    struct Body: Sendable {
        let bytes: [UInt8]
        let type: String
    }

    let method: Method
    /// Starts with a slash and holds no character that would need escaping.
    let path: String
    var parameters: [Parameter] = []
    var body: Body?
    /// Header fields besides those that every request has.
    var fields: [Parameter] = []
    /// Whether the credential goes into the `Authorization` header.
    var isAuthorized = true
    /// Whether asking twice does nothing that asking once does not, so that it may be sent again.
    var isSafe: Bool
    /// How long one attempt may take; nil for as long as any call of the client.
    var timeLimit: Duration?

    /// A request without a body.
    init(_ method: Method, _ path: String, _ parameters: [Parameter] = []) {
        self.method = method
        self.path = path
        self.parameters = parameters
        isSafe = method == .get
    }

    /// A request with a JSON body.
    init(_ method: Method, _ path: String, body: some Encodable) throws {
        self.init(method, path)
        self.body = Body(bytes: try WireJSON.encode(body), type: "application/json")
    }

    /// A request with the fields of a form as its body, as the standards' endpoints take it.
    init(_ path: String, form: [Parameter]) {
        self.init(.post, path)
        body = Body(bytes: Array(Parameter.query(form).utf8), type: "application/x-www-form-urlencoded")
    }
}
