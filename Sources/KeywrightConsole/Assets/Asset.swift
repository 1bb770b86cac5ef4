import Hummingbird

/// A file that pages refer to. Its path changes with its content, so it may be kept for good.
struct Asset: Sendable {
    let path: String
    private let type: String
    private let content: String

    static let stylesheet = Asset("setup.css", "text/css; charset=utf-8", Stylesheet.text)
    static let icon = Asset("icon.svg", "image/svg+xml", Icon.text)
    static let all = [stylesheet, icon]

    private init(_ name: String, _ type: String, _ content: String) {
        self.type = type
        self.content = content
        path = "/assets/\(Self.hash(of: content))/\(name)"
    }

    var response: Response {
        var fields = HTTPFields()
        fields[.contentType] = type
        fields[.cacheControl] = "public, max-age=31536000, immutable"
        fields[.xContentTypeOptions] = "nosniff"
        // A picture opened by itself is a document of its own.
        fields[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        fields.set("Cross-Origin-Resource-Policy", "same-origin")
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: content)))
    }

    /// FNV-1a in 64 bits: it tells versions apart, no more.
    private static func hash(of text: String) -> String {
        let hash = text.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
