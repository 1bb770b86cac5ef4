import KeywrightDomain
import Testing

@Suite("API keys and their machine users")
struct APIKeyTests {
    private static let now = Instant(milliseconds: 1_000_000)

    @Test(
        "a key is usable while it is enabled and has not expired",
        arguments: [
            (true, nil, true), (false, nil, false), (true, 1_000_001, true), (true, 1_000_000, false),
            (true, 999_999, false),
            (true, 0, false), (false, 1_000_001, false),
        ] as [(Bool, Int64?, Bool)])
    func usable(_ isEnabled: Bool, _ expiry: Int64?, _ expected: Bool) throws {
        let key = try APIKey.sample(isEnabled: isEnabled, expiresAt: expiry.map { Instant(milliseconds: $0) })
        #expect(key.isUsable(at: Self.now) == expected)
        #expect(key.isExpired(at: Self.now) == (expiry.map { $0 <= 1_000_000 } ?? false))
    }

    @Test(
        "the account is the one in which all grants lie",
        arguments: [
            (["organization=1:account=2"], 2),
            (["organization=1:account=2", "organization=1:account=2:namespace=3"], 2),
            (["organization=1"], nil), (["organization=1:account=2", "organization=1"], nil),
            (["organization=1", "organization=1:account=2"], nil),
            (["organization=1:account=2", "organization=1:account=20"], nil), ([], nil),
        ] as [([String], Int64?)])
    func account(_ places: [String], _ expected: Int64?) throws {
        #expect(try APIKey.sample(places: places).account == expected)
    }

    @Test(
        "every key has a machine user of its own, told apart from persons by its id",
        arguments: [1, 2, 1 << 39, 1 << 40] as [Int64])
    func machineUser(_ id: Int64) throws {
        let key = try APIKey.sample(id: id, isEnabled: id != 2)
        let user = User(machineOf: key)
        #expect(user.id == key.userID)
        #expect(user.id.rawValue < 1 << 53)
        #expect(user.id.machineKeyID == key.id)
        #expect(user.kind == .machine)
        #expect(user.email == "")
        #expect(user.organizationID == key.organizationID)
        #expect(user.status == (id == 2 ? .inactive : .active))
    }

    @Test("persons are no machine users", arguments: [0, 1, 7, (1 << 40) - 1, 1 << 40] as [Int64])
    func persons(_ id: Int64) {
        #expect(User.ID(id).machineKeyID == nil)
    }
}
