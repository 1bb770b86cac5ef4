/// Which part of a list is wanted.
public struct PageQuery: Sendable, Hashable {
    /// The most results that a server gives at once.
    public static let maximumLimit = 200

    /// How many results, 1 to ``maximumLimit``; servers cut what is above.
    public var limit: Int
    /// How many results to pass over.
    public var offset: Int

    /// A part of a list.
    public init(limit: Int = 30, offset: Int = 0) {
        self.limit = limit
        self.offset = offset
    }

    var parameters: [Parameter] {
        [Parameter("limit", "\(limit)"), Parameter("offset", "\(offset)")]
    }
}
