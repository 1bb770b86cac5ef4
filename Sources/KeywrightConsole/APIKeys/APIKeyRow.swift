import KeywrightDomain
import KeywrightOperations

/// One API key of a list, as `api_key_row.mustache` describes it.
struct APIKeyRow: Encodable {
    struct Badge: Encodable {
        let badgeText: String
        let badgeClass: String

        init(_ text: String, _ className: String) {
            badgeText = text
            badgeClass = className
        }

        /// Whether a key has expired, or will within a week; nil when neither.
        init?(expiryOf key: APIKey, now: Instant) {
            guard let end = key.expiresAt, end < now.advanced(by: .seconds(7 * 86_400)) else { return nil }
            self.init(end <= now ? "Expired" : "Expires \(end.relative(now: now))", "warn")
        }
    }

    struct AccessChip: Encodable {
        let accessRole: String
        let accessResource: String
    }

    struct More: Encodable {
        struct Access: Encodable {
            let moreRole: String
            let moreResource: String
            let morePath: String
        }

        let moreText: String
        let moreAll: [Access]

        init(_ grants: [Grant], _ names: APIKeyNames) {
            moreText = "+\(grants.count - shownGrants) more"
            moreAll = grants.map { grant in
                Access(
                    moreRole: names.roleName(grant), moreResource: names.resources.name(of: grant.nrn),
                    morePath: names.resources.path(to: grant.nrn).way
                )
            }
        }
    }

    struct TagLink: Encodable {
        let tagText: String
        let tagPath: String
    }

    let keyID: String
    let keyName: String
    let keyPath: String
    let keyMask: String
    let keyBadges: [Badge]
    let isKeyFresh: Bool
    let accessChips: [AccessChip]
    let accessMore: More?
    let hasTags: Bool
    let keyTags: [TagLink]
    let tagsMore: String?
    let lastUsed: TimeModel?
    let created: TimeModel
    let createdBy: String
    let canChange: Bool
    let deletePath: String

    /// How many grants a row shows at once.
    private static let shownGrants = 2

    /// - Parameters:
    ///   - state: the list in which it stands, and its ``APIKeyListState/addresses``.
    ///   - changedID: the key that was changed just now.
    init(
        _ key: APIKey, in state: APIKeyListState, _ addresses: APIKeyListState.Addresses, _ names: APIKeyNames,
        changedID: String?, canChange: Bool, format: KeyFormat, now: Instant
    ) {
        keyID = key.id.description
        keyName = key.name
        keyPath = addresses.address(of: "/\(key.id)")
        keyMask = format.mask(handle: key.handle, ending: key.ending)
        keyBadges =
            (key.isEnabled ? [] : [Badge("Disabled", "off")])
            + (Badge(expiryOf: key, now: now).map { [$0] } ?? [])
        isKeyFresh = changedID == keyID
        accessChips = key.grants.prefix(Self.shownGrants).map {
            AccessChip(accessRole: names.roleName($0), accessResource: names.resources.name(of: $0.nrn))
        }
        accessMore = key.grants.count > Self.shownGrants ? More(key.grants, names) : nil
        keyTags = key.tags.map { tag in
            TagLink(tagText: "\(tag.key):\(tag.value)", tagPath: state.with { $0.add(tag) }.address)
        }
        hasTags = !keyTags.isEmpty
        tagsMore = keyTags.count > 1 ? "+\(keyTags.count - 1)" : nil
        lastUsed = TimeModel(key.lastUsedAt, now: now)
        created = TimeModel(day: key.createdAt)
        createdBy = names.ownerName(key.ownerID)
        self.canChange = canChange
        deletePath = addresses.address(of: "/\(key.id)/delete")
    }
}
