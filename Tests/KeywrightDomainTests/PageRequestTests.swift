import KeywrightDomain
import Testing

@Suite("Pages and errors")
struct PageRequestTests {
    @Test(
        "a page holds 1 to 200 results, 30 unless asked",
        arguments: [
            (0, 0, 1, 0), (-5, -5, 1, 0), (200, 7, 200, 7), (201, 0, 200, 0), (.max, .max, 200, .max),
            (.min, .min, 1, 0),
        ])
    func limits(_ limit: Int, _ offset: Int, _ expectedLimit: Int, _ expectedOffset: Int) {
        let request = PageRequest(limit: limit, offset: offset)
        #expect(request.limit == expectedLimit)
        #expect(request.offset == expectedOffset)
        #expect(PageRequest().limit == 30)
        #expect(PageRequest().offset == 0)
    }

    @Test("a page keeps its counts when its elements are turned into others")
    func map() {
        let page = Page(results: [1, 2], total: 9, isTotalCapped: true, request: PageRequest(limit: 2, offset: 4))
        let texts = page.map(String.init)
        #expect(texts.results == ["1", "2"])
        #expect(texts.total == 9)
        #expect(texts.isTotalCapped)
        #expect(texts.request == page.request)
    }

    @Test("a query without filters says so; any filter counts")
    func unfiltered() throws {
        let plain = APIKeyQuery(organizationID: Organization.ID(1), now: Instant(milliseconds: 0))
        #expect(plain.isUnfiltered)
        let changes: [(inout APIKeyQuery) -> Void] = [
            { $0.name = "" }, { $0.search = "" }, { $0.places = [.at(NRN(organization: 1))] },
            { $0.roleSlugs = ["ops"] },
            { $0.tags = [.init(stored: "a", "b")] }, { $0.ownerID = User.ID(1) }, { $0.status = .active },
            { $0.use = .never }, { $0.visibleWithin = [] },
        ]
        for change in changes {
            var query = plain
            change(&query)
            #expect(!query.isUnfiltered)
        }
        var sorted = plain
        sorted.order = .name
        sorted.isDescending = false
        #expect(sorted.isUnfiltered)
    }

    @Test("error codes keep their names on the wire")
    func codes() {
        let names = [
            "invalid", "unauthenticated", "forbidden", "not_found", "conflict", "version_mismatch", "unprocessable",
            "rate_limited", "unavailable", "storage_full",
        ]
        #expect(DomainError.Code.allCases.map(\.rawValue) == names)
    }

    @Test("an error of input repeats its first violation")
    func violations() {
        let error = DomainError(violations: [Violation("/a", "First."), Violation("/b", "Second.")])
        #expect(error.code == .invalid)
        #expect(error.detail == "First.")
        #expect(error.violations.map(\.pointer) == ["/a", "/b"])
        #expect(DomainError(violations: []).detail.isEmpty == false)
        #expect(DomainError.notFound("API key") == DomainError(.notFound, "No such API key."))
    }
}
