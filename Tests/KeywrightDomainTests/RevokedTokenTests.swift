import KeywrightDomain
import Testing

@Suite("Revoked tokens")
struct RevokedTokenTests {
    @Test("a number is the beginning of the name's SHA-256, never negative")
    func number() {
        // printf abc | sha256sum: ba7816bf8f01cfea...
        #expect(RevokedToken.number(of: "abc") == Int64((0xba78_16bf_8f01_cfea as UInt64) >> 1))
        let numbers = (0..<10_000).map { RevokedToken.number(of: "token \($0)") }
        #expect(Set(numbers).count == numbers.count)
        #expect(numbers.allSatisfy { $0 >= 0 })
    }
}
