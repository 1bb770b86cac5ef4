/// One page of a list.
public struct ListEnvelope<Element: Codable & Sendable>: Codable, Sendable {
    /// Where the page lies in the whole list.
    public struct Paging: Codable, Sendable, Hashable {
        /// How many results come before the page.
        public var offset: Int
        /// The most results a page holds.
        public var limit: Int
        /// How many results there are in all, or at least, when the total is capped.
        public var total: Int
        /// Whether there are more results than `total`; written only when true.
        public var isTotalCapped: Bool
        /// What asks for the next page; absent on the last one.
        public var nextCursor: String?

        /// A place in a list.
        public init(offset: Int, limit: Int, total: Int, isTotalCapped: Bool = false, nextCursor: String? = nil) {
            self.offset = offset
            self.limit = limit
            self.total = total
            self.isTotalCapped = isTotalCapped
            self.nextCursor = nextCursor
        }

        /// Reads the members; a missing `total_is_capped` is false.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            offset = try container.decode(Int.self, forKey: .offset)
            limit = try container.decode(Int.self, forKey: .limit)
            total = try container.decode(Int.self, forKey: .total)
            isTotalCapped = try container.decodeIfPresent(Bool.self, forKey: .isTotalCapped) ?? false
            nextCursor = try container.decodeIfPresent(String.self, forKey: .nextCursor)
        }

        /// Writes the members, the last two only when they say something.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(offset, forKey: .offset)
            try container.encode(limit, forKey: .limit)
            try container.encode(total, forKey: .total)
            if isTotalCapped { try container.encode(true, forKey: .isTotalCapped) }
            try container.encodeIfPresent(nextCursor, forKey: .nextCursor)
        }

        private enum CodingKeys: String, CodingKey {
            case offset
            case limit
            case total
            case isTotalCapped = "total_is_capped"
            case nextCursor = "next_cursor"
        }
    }

    /// Where the page lies in the whole list.
    public var paging: Paging
    /// The page's results, in the order asked for.
    public var results: [Element]

    /// A page.
    public init(paging: Paging, results: [Element]) {
        self.paging = paging
        self.results = results
    }

    private enum CodingKeys: String, CodingKey {
        case paging
        case results
    }
}

extension ListEnvelope: Equatable where Element: Equatable {}
