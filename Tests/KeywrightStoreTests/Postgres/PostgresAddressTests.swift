import KeywrightDomain
import Testing

@testable import KeywrightStore

@Suite("PostgreSQL: addresses")
struct PostgresAddressTests {
    @Test(
        "what is no address is refused, without repeating it",
        arguments: [
            "", "secret", "host=secret dbname=x", "mysql://secret@host/x", "postgres:secret",
            "postgres://secret@[::1/x",
            "postgres://u@h/x?secret=1", "postgres://u:secret%zz@h/x", "POSTGRES://secret@h/x",
        ])
    func refused(_ text: String) throws {
        let error = #expect(throws: DomainError.self) { try PostgresAddress(parsing: text) }
        #expect(error?.code == .invalid && error?.detail.contains("secret") == false)
    }

    @Test("an address is shown without its password and user")
    func description() throws {
        let address = try PostgresAddress(parsing: "postgres://user:secret@one,two:6432/keys?sslpassword=hidden")
        #expect("\(address)" == "postgres://one,two/keys")
    }

    @Test(
        "a server on another machine must prove who it is, unless the address says otherwise",
        arguments: [
            ("postgres://u@db.example/x", "verify-full"), ("postgresql://u@10.0.0.1,127.0.0.1/x", "verify-full"),
            ("postgres://u@db.example/x?sslmode=require", "require"), ("postgres://u@127.0.0.1/x", nil),
            ("postgres://u@localhost,[::1]/x", nil), ("postgres:///x?host=/run/postgresql", nil),
            ("postgres://u@localhost/x?hostaddr=10.0.0.1", "verify-full"),
            ("postgres://u@127.0.0.1.example/x", "verify-full"),
        ] as [(String, String?)])
    func transport(_ text: String, _ mode: String?) throws {
        #expect(try PostgresAddress(parsing: text).value(of: "sslmode") == mode)
    }
}
