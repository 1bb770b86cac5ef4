import KeywrightWire

/// Which events of the audit trail a list shows. What is nil or empty does not narrow it.
public struct AuditFilter: Sendable, Equatable {
    /// One of these actions, as in `api_key.create`.
    public var actions: [String] = []
    /// Done by one of these users.
    public var userIDs: [Int64] = []
    /// Done to one of these kinds of things, as in `api_key`.
    public var targetTypes: [String] = []
    /// Done to a thing with one of these ids.
    public var targetIDs: [String] = []
    /// `success`, `refused` or `failure`; one of these.
    public var outcomes: [String] = []
    /// At or after this moment, in milliseconds since 1970 UTC.
    public var since: Int64?
    /// Before this moment, in milliseconds since 1970 UTC.
    public var until: Int64?

    /// A filter that shows the whole trail.
    public init() {}

    var parameters: [Parameter] {
        Parameter.list("action", actions) + Parameter.list("user_id", userIDs)
            + Parameter.list("target_type", targetTypes) + Parameter.list("target_id", targetIDs)
            + Parameter.list("outcome", outcomes) + Parameter.optional("since", since.map(WireTime.format))
            + Parameter.optional("until", until.map(WireTime.format))
    }
}
