import ArgumentParser
import KeywrightClient
import KeywrightWire

/// Which part of a list a command shows.
struct PageOptions: ParsableArguments {
    /// The most results of one command; the next ones come with `--offset`.
    static let limit = 100_000

    @Option(help: ArgumentHelp("The most results to show. (default: 30)", valueName: "number"))
    var limit: Int?

    @Option(help: ArgumentHelp("How many results to pass over.", valueName: "number"))
    var offset = 0

    @Flag(help: "Show all results.")
    var all = false

    func validate() throws {
        guard limit == nil || !all else { throw ValidationError("Give either --limit or --all.") }
        guard (1...PageOptions.limit).contains(limit ?? 1) else {
            throw ValidationError("--limit is from 1 to \(PageOptions.limit).")
        }
        guard (0...Int(Int32.max)).contains(offset) else { throw ValidationError("--offset is 0 or more.") }
    }

    /// Asks for one page after the other, as servers give at most 200 results at once.
    ///
    /// A result that moves to the next page in the meantime is taken once.
    func collect<Element: Codable & Sendable>(
        id: (Element) -> Int64, _ fetch: (PageQuery) async throws -> ListEnvelope<Element>
    ) async throws -> ListEnvelope<Element> {
        let wanted = all ? PageOptions.limit : limit ?? 30
        var results: [Element] = []
        var seen: Set<Int64> = []
        var next = offset
        while true {
            let query = PageQuery(limit: min(wanted - results.count, PageQuery.maximumLimit), offset: next)
            let page = try await fetch(query)
            let new = page.results.filter { seen.insert(id($0)).inserted }
            results += new.prefix(wanted - results.count)
            next += page.results.count
            let isAtEnd = new.isEmpty || page.results.count < query.limit
            let hasAll = next >= page.paging.total && !page.paging.isTotalCapped
            guard results.count < wanted, !isAtEnd, !hasAll else {
                let paging = ListEnvelope<Element>.Paging(
                    offset: offset, limit: wanted, total: page.paging.total, isTotalCapped: page.paging.isTotalCapped
                )
                return ListEnvelope(paging: paging, results: results)
            }
        }
    }

    /// A sentence when there are none, or more than were shown.
    static func note<Element>(about list: ListEnvelope<Element>, named name: String) -> String? {
        let (paging, count) = (list.paging, list.results.count)
        let end = paging.offset + count
        if count == 0 { return "No \(name) \(paging.total > 0 ? "from there on" : "found")." }
        guard end < paging.total || paging.isTotalCapped else { return nil }
        let total = paging.isTotalCapped ? "more than \(paging.total)" : "\(paging.total)"
        return "\(name.prefix(1).uppercased() + name.dropFirst()) \(paging.offset + 1) to \(end) of \(total). "
            + "More with --offset \(end), or with --all."
    }
}
