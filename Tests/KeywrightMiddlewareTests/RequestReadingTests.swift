import HTTPTypes
import KeywrightDomain
import Testing

@testable import KeywrightMiddleware

/// What the middleware takes from a request: its credential, and the resource that its path names.
@Suite struct RequestReadingTests {
    private static let apiKey = HTTPField.Name("X-Api-Key")

    private func credential(_ bearers: [String], _ keys: [String] = []) throws -> PresentedCredential {
        var headers = HTTPFields()
        for value in bearers { headers.append(HTTPField(name: .authorization, value: value)) }
        for value in keys { headers.append(HTTPField(name: try #require(Self.apiKey), value: value)) }
        return PresentedCredential(headers)
    }

    @Test("a credential stands in one field, and only one counts")
    func credentials() throws {
        #expect(try credential([]) == .none)
        #expect(try credential(["Bearer abc"]) == .one("abc"))
        #expect(try credential(["bEARER abc"]) == .one("abc"))
        #expect(try credential([], ["abc"]) == .one("abc"))
        for strange in ["Basic abc", "Bearer", "Bearer ", "abc", ""] {
            #expect(try credential([strange]) == .unclear, "\(strange)")
        }
        #expect(try credential(["Bearer abc", "Bearer abc"]) == .unclear)
        #expect(try credential([], ["abc", "abc"]) == .unclear)
        #expect(try credential(["Bearer abc"], ["abc"]) == .unclear)
    }

    @Test("a template gives the resource that the path names")
    func templates() throws {
        let template = try NRNTemplate(parsing: "organization=1:account={account}:namespace={n}")
        let values: [String: Substring] = ["account": "22", "n": "3"]
        #expect(template.nrn { values[$0] } == NRN.sample("organization=1:account=22:namespace=3"))
        let fixed = try NRNTemplate(parsing: "organization=7")
        #expect(fixed.nrn { _ in nil } == NRN(organization: 7))
        #expect(try NRNTemplate(parsing: "organization={o}").nrn { _ in "5" } == NRN(organization: 5))
    }

    @Test(
        "what is no id names no resource",
        arguments: [
            "", "0", "01", "-1", "+1", " 1", "1 ", "x", "1:namespace=2", "1%3A", "é", "9007199254740992", "1=2",
        ])
    func noIDs(value: String) throws {
        let template = try NRNTemplate(parsing: "organization=1:account={account}")
        #expect(template.nrn { _ in value[...] } == nil)
    }

    @Test("a parameter that the path does not have names no resource")
    func missingParameter() throws {
        #expect(try NRNTemplate(parsing: "organization=1:account={account}").nrn { _ in nil } == nil)
    }

    @Test(
        "a template that gives no NRNs is refused",
        arguments: [
            "", "account={a}", "organization", "organization=", "organization=x", "organization={}", "organization={a",
            "organization=1:namespace={n}", "organization=1:account={a}:", "organization=1/account={a}", "{a}={b}",
        ])
    func badTemplates(text: String) {
        #expect(throws: DomainError.self) { try NRNTemplate(parsing: text) }
    }
}
