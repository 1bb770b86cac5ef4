import KeywrightDomain
import Synchronization

/// A key, or the tombstone of one, as it is remembered: what its uses need, in little memory.
///
/// It holds no decisions: whether a key is enabled, expired or allowed something is judged on every use.
final class KeyRow: Sendable {
    /// A grant with its role looked up. Whether its resource is live is not known here.
    struct Grant: Granting {
        let id: KeywrightDomain.Grant.ID
        let nrn: NRN
        let role: RoleRow

        func allows(_ action: AskedAction) -> Bool { role.table.contains(action) }

        var effective: EffectiveGrant {
            EffectiveGrant(
                id: id, nrn: nrn, roleID: role.id, roleSlug: role.slug, actions: role.table.actions,
                assignable: role.assignable
            )
        }
    }

    private enum State: UInt8 {
        case enabled
        case disabled
        case deleted
    }

    let id: APIKey.ID
    let keyHandle: KeyHandle
    let organization: OrganizationRow
    let name: String
    let tags: [Tag]
    let grants: [Grant]
    /// Raised whenever the tokens made from it must end.
    let epoch: Int64
    /// Differs between any two readings, so that a principal knows whether its key is still the same.
    let revision: UInt64
    private let digest: Digest256
    private let pepperVersion: Int32
    private let state: State
    /// Milliseconds since 1970 UTC; the largest number for never.
    private let expiry: Int64
    private let forgotten = Atomic(false)
    private let recent = Atomic(false)

    /// Nil for a key whose handle or digest is none.
    init?(_ key: APIKey, in organization: OrganizationRow, revision: UInt64) {
        guard let handle = KeyHandle(key.handle), let digest = Digest256(key.digest.bytes) else { return nil }
        id = key.id
        keyHandle = handle
        self.organization = organization
        name = key.name
        tags = organization.sharing(key.tags)
        grants = key.grants.map { Grant(id: $0.id, nrn: $0.nrn, role: organization.role(of: $0)) }
        epoch = key.epoch
        self.revision = revision
        self.digest = digest
        pepperVersion = Int32(truncatingIfNeeded: key.digest.pepperVersion)
        state = key.isEnabled ? .enabled : .disabled
        expiry = key.expiresAt?.milliseconds ?? .max
    }

    /// Nil for a tombstone whose handle or digest is none.
    init?(_ key: DeletedAPIKey, in organization: OrganizationRow, revision: UInt64) {
        guard let handle = KeyHandle(key.handle), let digest = Digest256(key.digest.bytes) else { return nil }
        id = key.id
        keyHandle = handle
        self.organization = organization
        name = key.name
        tags = []
        grants = []
        epoch = 0
        self.revision = revision
        self.digest = digest
        pepperVersion = Int32(truncatingIfNeeded: key.digest.pepperVersion)
        state = .deleted
        expiry = .max
    }

    // MARK: What it says

    var handle: String { keyHandle.description }
    var organizationID: Organization.ID { organization.id }
    /// The machine user that acts when the key is used.
    var userID: User.ID { User.machine(of: id) }
    var isDeleted: Bool { state == .deleted }
    var isEnabled: Bool { state == .enabled }
    var expiresAt: Instant? { expiry == .max ? nil : Instant(milliseconds: expiry) }

    func isExpired(at now: Instant) -> Bool { expiry <= now.milliseconds }

    /// Whether it may be used.
    func isUsable(at now: Instant) -> Bool { isEnabled && !isExpired(at: now) }

    /// The one account in which all grants lie; nil when there is none.
    var account: Int64? {
        guard let first = grants.first?.nrn.account, first != 0 else { return nil }
        return grants.allSatisfy { $0.nrn.account == first } ? first : nil
    }

    /// Whether a digest, made with the pepper of that version, is that of the key's secret.
    func matches(_ other: Digest256, pepperVersion version: Int64) -> Bool {
        let isSame = digest == other
        return isSame && Int64(pepperVersion) == version
    }

    /// Whether it carries all these tags.
    func carries(_ wanted: [Tag]) -> Bool {
        wanted.allSatisfy { tag in
            tags.contains { $0.key.utf8.elementsEqual(tag.key.utf8) && $0.value.utf8.elementsEqual(tag.value.utf8) }
        }
    }

    // MARK: Its place in memory

    /// Whether it is still what the database holds.
    var isCurrent: Bool { !forgotten.load(ordering: .acquiring) && organization.isCurrent }

    func forget() { forgotten.store(true, ordering: .releasing) }

    /// Notes that somebody looked it up.
    func touch() {
        // Most find the note there, and reading does not disturb others who read.
        if !recent.load(ordering: .relaxed) { recent.store(true, ordering: .relaxed) }
    }

    /// Whether somebody looked it up since this was last asked.
    func wasTouched() -> Bool { recent.exchange(false, ordering: .relaxed) }
}
