import KeywrightDomain

extension APIKeyQuery {
    /// The parameters of the list that may be given once.
    static let names: Set<String> = [
        "limit", "offset", "sort", "name", "q", "resource", "below", "reaches", "nrn", "role", "owner_id", "status",
        "used", "unused",
    ]

    /// The query narrowed by the filters of a request, in its order. What is wrong is noted in the request's query.
    ///
    /// - Parameter format: how keys look: a text that may hold one is refused rather than looked up.
    func reading(_ query: inout Query, _ format: KeyFormat) -> APIKeyQuery {
        var result = self
        result.readTexts(&query, format)
        result.readPlaces(&query)
        result.roleSlugs = query.texts("role") ?? []
        result.ownerID = query.id("owner_id")
        result.tags = query.all("tag").compactMap { text in
            let tag = Self.tag(text)
            if tag == nil { query.refuse("tag", "A tag filter reads key:value.") }
            return tag
        }
        result.status = query.value("status", "The status is active, disabled or expired.", Status.init(rawValue:))
        result.readUse(&query)
        result.readSort(&query)
        return result
    }

    private mutating func readTexts(_ query: inout Query, _ format: KeyFormat) {
        name = query["name"]
        search = query["q"].flatMap { $0.isEmpty ? nil : $0 }
        for (parameter, text) in [("name", name), ("q", search)] {
            if let text, format.mayHoldKey(text) {
                query.refuse(parameter, "This looks like a whole key. Search by its last four characters instead.")
            }
        }
        if let search, search.unicodeScalars.count > Name.limit {
            query.refuse("q", "The search has at most \(Name.limit) characters.")
        }
    }

    private mutating func readPlaces(_ query: inout Query) {
        let isBelow = query.flag("below") ?? false
        if let place = query.nrn("resource") { places.append(isBelow ? .below(place) : .at(place)) }
        if isBelow && query["resource"] == nil { query.refuse("below", "The parameter below goes with resource.") }
        if let place = query.nrn("nrn") { places.append(.below(place)) }
        if let place = query.nrn("reaches") { places.append(.reaching(place)) }
    }

    private static func tag(_ text: String) -> Tag? {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        return Tag(stored: String(parts[0]) ?? "", String(parts[1]) ?? "")
    }

    private mutating func readUse(_ query: inout Query) {
        let days = { [now] (text: String) -> Instant? in
            guard text.hasSuffix("d"), let id = Identifier<APIKey>(parsing: text.dropLast()), id.rawValue <= 36_500
            else { return nil }
            return now.advanced(by: .seconds(-86_400 * id.rawValue))
        }
        use = query.value("used", "The parameter used is never or a number of days, as in 30d.") { text in
            text == "never" ? .never : days(text).map(Use.since)
        }
        let unused = query.value("unused", "The parameter unused is a number of days, as in 90d.", days)
        if query["used"] != nil && query["unused"] != nil { query.refuse("unused", "Give either used or unused.") }
        if let unused { use = .notSince(unused) }
    }

    private mutating func readSort(_ query: inout Query) {
        let wanted = query.value("sort", "The sort is name, created_at or last_used_at, with :asc or :desc.") { text in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            return (1...2).contains(parts.count) && (parts.count == 1 || ["asc", "desc"].contains(parts[1]))
                ? Order(rawValue: parts[0]).map { ($0, parts.count == 2 && parts[1] == "desc") } : nil
        }
        if let wanted { (order, isDescending) = wanted }
    }
}
