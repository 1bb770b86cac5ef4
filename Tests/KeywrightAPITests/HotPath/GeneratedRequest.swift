/// A request made at random: what clients send, what careless ones send, and what nobody should.
struct GeneratedRequest: Hashable {
    /// The method and target.
    private(set) var start = "POST /v1/verify"
    /// Complete field lines without their ends.
    private(set) var fields: [String] = []
    private(set) var body: [UInt8] = []
    private(set) var version = "HTTP/1.1"
    /// Whether the body comes in chunks rather than with its length.
    private(set) var isChunked = false
    /// Whether the connection ends with it, whatever the fields say.
    private(set) var endsConnection = false
    /// Whether nothing about it is out of the ordinary, so that the hot path must answer it, unless it is `HEAD` or a
    /// connection's last.
    private(set) var isPlain = true

    var isHEAD: Bool { start.hasPrefix("HEAD") }

    /// The bytes of the request.
    ///
    /// - Parameter closing: whether the client asks for the connection to end.
    func bytes(closing: Bool) -> [UInt8] {
        var lines = ["\(start) \(version)", "Host: localhost"] + fields
        if closing { lines.append("Connection: close") }
        var framed = body
        if isChunked {
            lines.append("Transfer-Encoding: chunked")
            let middle = body.count / 2
            framed = []
            for part in [body[..<middle], body[middle...]] where !part.isEmpty {
                framed += Array("\(String(part.count, radix: 16))\r\n".utf8) + part + Array("\r\n".utf8)
            }
            framed += Array("0\r\n\r\n".utf8)
        } else if !body.isEmpty || start.hasPrefix("POST") {
            lines.append("Content-Length: \(body.count)")
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + framed
    }

    // MARK: Making one

    init(_ cast: HotPathCast, _ random: inout SeededGenerator) {
        if random.once(in: 4) { makeForward(cast, &random) } else { makeVerify(cast, &random) }
        if random.once(in: 6) { makeOdd(cast, &random) }
        if random.once(in: 5) { fields.append("X-Forwarded-For: 203.0.113.\(Int.random(in: 1...9, using: &random))") }
        if random.once(in: 5) { fields.append("User-Agent: curl/8.\(Int.random(in: 0...9, using: &random))") }
        if random.once(in: 8) { isChunked = !body.isEmpty && version == "HTTP/1.1" }
    }

    private mutating func makeForward(_ cast: HotPathCast, _ random: inout SeededGenerator) {
        let method = random.once(in: 4) ? "HEAD" : "GET"
        let (action, place) = (random.pick(HotPathCast.actions), random.pick(HotPathCast.places))
        let queries = [
            "?action=\(action)&nrn=\(place)", "?nrn=\(place)&action=\(action)", "",
            "?action=\(action.replacing(":", with: "%3A"))&nrn=\(place.replacing("=", with: "%3d"))",
        ]
        start = "\(method) /forward-auth\(random.pick(queries))"
        let credential = random.pick(cast.keys + cast.tokens.prefix(1))
        fields.append(random.once(in: 2) ? "X-Api-Key: \(credential)" : "Authorization: Bearer \(credential)")
    }

    private mutating func makeVerify(_ cast: HotPathCast, _ random: inout SeededGenerator) {
        let caller = random.pick(cast.callers)
        fields.append(
            "\(random.pick(["Authorization", "authorization"])): \(random.pick(["Bearer", "bearer"])) \(caller)")
        if !random.once(in: 5) { fields.append("Content-Type: application/json") }
        var members: [String] = []
        if random.once(in: 5) {
            members.append(#""access_token":"\#(random.pick(Array(cast.tokens.prefix(1))))""#)
        } else {
            let key = random.pick(cast.keys + [cast.strangers[0], cast.strangers[1], cast.strangers[8]])
            members.append(#""api_key":"\#(key)""#)
        }
        if !random.once(in: 4) {
            members.append(#""action":"\#(random.pick(HotPathCast.actions))""#)
            members.append(#""nrn":"\#(random.pick(HotPathCast.places))""#)
        }
        members.shuffle(using: &random)
        let blank = random.pick(["", " ", "\n  "])
        let text = "{\(blank)" + members.joined(separator: ",\(blank)").replacing("\":\"", with: "\":\(blank)\"") + "}"
        body = Array(text.utf8) + Array(random.pick(["", "\n"]).utf8)
    }

    /// Makes one thing out of the ordinary.
    private mutating func makeOdd(_ cast: HotPathCast, _ random: inout SeededGenerator) {
        isPlain = false
        switch Int.random(in: 0..<8, using: &random) {
        case 0: body = Array(random.pick(Self.oddBodies(cast)).utf8)
        case 1: damageBody(&random)
        case 2: makeOddCredential(cast, &random)
        case 3:
            fields.removeAll { $0.hasPrefix("Content-Type") }
            fields.append(random.pick(Self.oddTypes))
        case 4: start = random.pick(Self.oddStarts)
        case 5:
            version = "HTTP/1.0"
            endsConnection = true
        case 6:
            let text = String(decoding: body, as: UTF8.self)
            body = Array(text.replacing("api_key", with: #"api\u005fkey"#).utf8)
        default:
            (start, fields) = (random.pick(Self.badStarts), fields + random.pick(Self.badFields))
            endsConnection = true
        }
    }

    private mutating func damageBody(_ random: inout SeededGenerator) {
        guard !body.isEmpty else { return }
        let place = Int.random(in: 0..<body.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: body.remove(at: place)
        case 1: body.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 2: body[place] = UInt8.random(in: 0...255, using: &random)
        default: body.removeSubrange(place...)
        }
    }

    private mutating func makeOddCredential(_ cast: HotPathCast, _ random: inout SeededGenerator) {
        let isForward = start.contains("forward-auth")
        fields.removeAll { $0.lowercased().hasPrefix("authorization") || $0.hasPrefix("X-Api-Key") }
        let value = random.pick(cast.wrongCallers + cast.strangers + cast.keys)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: break
        case 1: fields.append("Authorization: \(random.pick(["Basic", "Bearer ", "BEARER", ""])) \(value)")
        case 2: fields += ["Authorization: Bearer \(value)", "Authorization: Bearer \(cast.callers[0])"]
        case 3: fields += ["X-Api-Key: \(value)", "Authorization: Bearer \(cast.callers[0])"]
        case 4: fields.append("X-Api-Key: \(value)")
        case 5: fields.append("Authorization: Bearer \(value) ")
        default: fields.append(isForward ? "x-API-key:   \(value)\t" : "Authorization:Bearer \(value)")
        }
    }

    private static func oddBodies(_ cast: HotPathCast) -> [String] {
        let key = cast.keys[0]
        return [
            "", "{}", "[]", "null", #"{"api_key":null}"#, #"{"api_key":1}"#, #"{"api_key":"\#(key)","x":"y"}"#,
            #"{"api_key":"\#(key)","api_key":"\#(key)"}"#, #"{"api_key":"\#(key)","access_token":"a.b.c"}"#,
            #"{"api_key":"\#(key)","access_token":null}"#, #"{"api_key":"\#(key)","action":"a:b"}"#,
            #"{"api_key":"\#(key)","nrn":"organization=1"}"#,
            #"{"api_key":"\#(key)","action":"A:b","nrn":"organization=1"}"#,
            #"{"api_key":"\#(key)","action":"a:b","nrn":"organization=01"}"#,
            #"{"api_key":"\#(key)","action":"a:b","nrn":"organization=1:"}"#,
            #"{"api_key":"\#(key)","action":"a:b","nrn":"organization=9007199254740992"}"#,
            #"{"api_key":"\#(key)","action":"a:b","nrn":"account=1"}"#, #"{"api_key":"\#(key)","tags":[]}"#,
            #"{"api_key":"\#(key)","include":["grants"]}"#, #"{"api_key":"\#(key)",}"#, #"{"api_key":"\#(key)"}{}"#,
            #"{"api_key":"\#(key)","action":"a:b","nrn":"organization=1","explain":true}"#,
            #"{"access_token":"\#(key)"}"#, #"{"api_key":"\#(cast.tokens[0])"}"#, #"{"api_key":"é"}"#,
            #"{"access_token":"\#(cast.tokens[1])"}"#, #"{"access_token":"\#(cast.tokens[2])"}"#,
            "\u{FEFF}{\"api_key\":\"\(key)\"}", "{\"api_key\":\"\(key)\t\"}",
            #"{"api_key":"\#(key)","action":"","nrn":""}"#,
            #"{"api_key":"\#(String(repeating: "k", count: 5_000))"}"#, "{'api_key':'x'}", #"{"api_key" "x"}"#,
        ]
    }

    private static let oddTypes = [
        "Content-Type: application/json; charset=utf-8", "Content-Type: text/plain", "Content-Type: APPLICATION/JSON",
        "Content-Type: application/json\r\nContent-Type: application/json", "Content-Type: ",
        "content-type:application/json",
    ]

    private static let oddStarts = [
        "GET /v1/verify", "POST /v1/verify/", "POST /v1/verify?x=1", "POST /v1/verify?", "PUT /v1/verify",
        "POST /forward-auth", "GET /forward-auth?action=a:b", "GET /forward-auth?x", "GET /forward-auth?action=%zz",
        "GET /forward-auth?action=a:b&action=a:b&nrn=organization=1", "GET /forward-auth/", "GET /forward-authx",
        "POST /V1/verify", "POST /v1//verify", "OPTIONS /v1/verify", "GET /nothing", "HEAD /v1/verify", "GET /healthz",
        "POST http://localhost/v1/verify", "GET /forward-auth?action=a+b&nrn=organization=1", "POST /v1/verify%20",
    ]

    private static let badStarts = [
        "POST /v1/verify", "POST /v1 /verify", "BREW /v1/verify", "POST v1/verify", "TRACE /v1/verify",
        "CONNECT localhost:1",
        "POST /\u{e9}",
    ]

    private static let badFields = [
        ["Host: other"], ["Bad Name: x"], ["X-Control: a\u{1}b"], ["Content-Length: 1\r\nContent-Length: 2"],
        ["Transfer-Encoding: gzip"], ["X-Long: \(String(repeating: "x", count: 17_000))"], [" folded"], ["NoColon"],
        ["Expect: something"], ["Upgrade: websocket"],
    ]
}

extension SeededGenerator {
    mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }
}
