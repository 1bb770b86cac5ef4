import AsyncHTTPClient
import KeywrightWire
import NIOCore
import NIOHTTP1

extension KeywrightClient {
    /// Sends a request and reads the answer.
    func send<Answer: Decodable>(_ request: APIRequest, for type: Answer.Type = Answer.self) async throws -> Answer {
        try await answer(to: request).decoded()
    }

    /// Sends a request and reads the answer, with the version in its header.
    func sendForVersion<Answer: Decodable>(_ request: APIRequest) async throws -> Versioned<Answer> {
        let reply = try await answer(to: request)
        return Versioned(value: try reply.decoded(), version: reply.version)
    }

    /// Sends a request that is answered by a list, or by no body when the list is empty.
    func sendForList<Element: Decodable>(_ request: APIRequest) async throws -> [Element] {
        let reply = try await answer(to: request)
        return reply.status == 204 ? [] : try reply.decoded()
    }

    /// Sends a request and gives the bytes of the answer.
    func sendForBytes(_ request: APIRequest) async throws -> [UInt8] {
        try await answer(to: request).body
    }

    /// Sends a request whose answer says nothing but that it was done.
    func send(_ request: APIRequest) async throws {
        _ = try await answer(to: request)
    }

    private func answer(to request: APIRequest) async throws -> Reply {
        var attempt = 1
        while true {
            let reply = try await exchange(request)
            if (200..<300).contains(reply.status) { return reply }
            let wait = retries.wait(
                after: attempt, status: reply.status, retryAfter: reply.retryAfter, chance: .random(in: 0..<1)
            )
            guard request.isSafe, let wait else { throw reply.refusal }
            try await pause(wait)
            attempt += 1
        }
    }

    /// One attempt, body included: the HTTP client's own deadline ends with the head of the answer.
    private func exchange(_ request: APIRequest) async throws -> Reply {
        let bound = bind(request)
        var limits = limits
        if let timeLimit = request.timeLimit { limits.time = timeLimit }
        do {
            return try await withThrowingTaskGroup(of: Reply?.self) { [http, limits] group in
                group.addTask {
                    let response = try await http.execute(bound, timeout: TimeAmount(limits.time))
                    return Reply(response, body: try await response.body.collect(upTo: limits.answerInBytes))
                }
                group.addTask {
                    try await Task.sleep(for: limits.time)
                    return nil
                }
                defer { group.cancelAll() }
                guard let reply = try await group.next() ?? nil else { throw HTTPClientError.deadlineExceeded }
                return reply
            }
        } catch {
            try Task.checkCancellation()
            throw KeywrightClientError.transport(TransportFailure.text(for: error, limits: limits))
        }
    }

    private func bind(_ request: APIRequest) -> HTTPClientRequest {
        var bound = HTTPClientRequest(url: endpoint.url(request.path, request.parameters))
        bound.method = HTTPMethod(rawValue: request.method.rawValue)
        bound.headers.add(name: "Accept", value: "application/json")
        bound.headers.add(name: "User-Agent", value: "keywright-client")
        if request.isAuthorized, let credential {
            bound.headers.add(name: "Authorization", value: "Bearer \(credential.reveal())")
        }
        for field in request.fields { bound.headers.add(name: field.name, value: field.value) }
        if let body = request.body {
            bound.headers.add(name: "Content-Type", value: body.type)
            bound.body = .bytes(body.bytes)
        }
        return bound
    }
}

/// An answer with its whole body.
private struct Reply: Sendable {
    let status: Int
    let body: [UInt8]
    let requestID: String?
    let retryAfter: String?
    let version: String?

    init(_ response: HTTPClientResponse, body: ByteBuffer) {
        status = Int(response.status.code)
        self.body = Array(body.readableBytesView)
        requestID = response.headers.first(name: "X-Request-Id").map { String($0.prefix(128)) }
        retryAfter = response.headers.first(name: "Retry-After")
        version = response.headers.first(name: "ETag")
    }

    /// The body as a type of the wire.
    func decoded<Answer: Decodable>(as type: Answer.Type = Answer.self) throws(KeywrightClientError) -> Answer {
        guard let answer = try? WireJSON.decode(type, from: body) else {
            throw .unexpected(
                "The server's answer is not the JSON that this client knows. Is the URL that of a Keywright server?",
                status: status, requestID: requestID
            )
        }
        return answer
    }

    /// Why the request failed, for a status other than 2xx.
    var refusal: KeywrightClientError {
        if (300..<400).contains(status) {
            return .unexpected(
                "The server points to another address (status \(status)), which is not followed. Give that URL itself.",
                status: status, requestID: requestID
            )
        }
        guard let problem = (try? WireJSON.decode(ProblemObject.self, from: body)) ?? oauthProblem else {
            return .unexpected(
                "The server answered with status \(status) and no explanation.", status: status, requestID: requestID
            )
        }
        return .problem(problem, status: status, requestID: requestID)
    }

    /// A refusal in OAuth's words (RFC 6749, section 5.2): its `error` is the problem's code.
    private var oauthProblem: ProblemObject? {
        guard let refusal = try? WireJSON.decode(OAuthErrorObject.self, from: body) else { return nil }
        return ProblemObject(status: status, code: refusal.error, title: "", detail: refusal.errorDescription)
    }
}
