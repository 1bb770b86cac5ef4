import KeywrightWire
import Testing

@Suite struct ChangesResponseTests {
    @Test("changes are written in few words and read back")
    func roundTrip() throws {
        let answer = ChangesResponse(
            cursor: "00000000000000aa-7", isReset: true, hasMore: false,
            changes: [
                ChangeObject(.apiKey, id: 57), ChangeObject(.signingKey),
                ChangeObject(tokenID: "dG9rZW4", expiresAt: "2026-01-01T01:00:00.000Z"),
            ]
        )
        let text = #"""
            {"cursor":"00000000000000aa-7","reset":true,"more":false,"changes":[{"type":"api_key","id":57},\#
            {"type":"signing_key"},{"type":"token","token_id":"dG9rZW4","expires_at":"2026-01-01T01:00:00.000Z"}]}
            """#
        #expect(String(decoding: try WireJSON.encode(answer), as: UTF8.self) == text)
        #expect(try WireJSON.decode(ChangesResponse.self, from: text.utf8) == answer)
    }

    @Test("a kind from a later version is read as something unknown, not refused")
    func laterKinds() throws {
        for kind in ["weather", "other", "Token"] {
            let text = #"{"cursor":"a-1","reset":false,"more":true,"changes":[{"type":"\#(kind)","id":1}]}"#
            let answer = try WireJSON.decode(ChangesResponse.self, from: text.utf8)
            #expect(answer.changes == [ChangeObject(.other, id: 1)])
        }
    }
}
