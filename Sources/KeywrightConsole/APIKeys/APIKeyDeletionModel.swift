import KeywrightDomain

/// The question before a key is deleted, as `api_key_delete.mustache` describes it.
struct APIKeyDeletionModel: Encodable {
    let deleteName: String
    let deleteAction: String
    let deleteBack: String
    let returnQuery: String
    let deleteUse: String
    /// A key that was used within a day asks for its name.
    let mustConfirm: Bool
    let confirmValue: String
    let confirmError: String?
    var deleteError: String?

    init(
        _ key: APIKey, in state: APIKeyListState, lastAddress: String?, now: Instant, confirmation: String = "",
        confirmError: String? = nil
    ) {
        deleteName = key.name
        deleteAction = "\(APIKeyListState.path)/\(key.id)/delete"
        deleteBack = state.address
        returnQuery = state.query
        if let used = key.lastUsedAt {
            deleteUse = "It was used \(used.ago(now: now))\(lastAddress.map { " from \($0)" } ?? "")."
        } else {
            deleteUse = "It was never used."
        }
        mustConfirm = Self.mustConfirm(key, now: now)
        confirmValue = confirmation
        self.confirmError = confirmError
    }

    static func mustConfirm(_ key: APIKey, now: Instant) -> Bool {
        key.lastUsedAt.map { now.duration(since: $0) < .seconds(86_400) } ?? false
    }
}
