import KeywrightDomain

/// A fact about keys by which lists find them: every term names a stored ``KeySet``.
///
/// Compared by bytes: texts that only look alike are different terms.
struct APIKeyTerm: Hashable {
    /// Which keys a term speaks of: those noted as expired, or the others. Internal keys have no terms.
    enum Group: String, CaseIterable {
        case current = ""
        case expired = "x"
    }

    let text: String

    private init(_ text: String) {
        self.text = text
    }

    /// A term as it is stored, with its group.
    init(stored text: String) {
        self.text = text
    }

    /// Every key.
    static let any = APIKeyTerm("l")
    static let disabled = APIKeyTerm("d")
    static let neverUsed = APIKeyTerm("n")
    static func tag(_ tag: Tag) -> APIKeyTerm { APIKeyTerm("t:\(tag.key)=\(tag.value)") }
    static func role(_ slug: String) -> APIKeyTerm { APIKeyTerm("r:\(slug)") }
    static func owner(_ id: User.ID) -> APIKeyTerm { APIKeyTerm("o:\(id)") }
    /// A grant exactly there.
    static func at(_ nrn: NRN) -> APIKeyTerm { APIKeyTerm("a:\(place(nrn))") }
    /// A grant there or beneath; not for an organization, where every key is.
    static func below(_ nrn: NRN) -> APIKeyTerm { APIKeyTerm("b:\(place(nrn))") }
    /// Every grant there or beneath; not for an organization.
    static func within(_ nrn: NRN) -> APIKeyTerm { APIKeyTerm("w:\(place(nrn))") }

    /// A name that holds a folded text of three characters; only where no index finds parts of names.
    static func part(_ trigram: String) -> APIKeyTerm { APIKeyTerm("p:\(trigram)") }

    /// Each of these for a folded name.
    static func parts(of foldedName: String) -> [APIKeyTerm] {
        Trigrams.all(of: foldedName).map { .part(String(String.UnicodeScalarView($0))) }
    }

    private static func place(_ nrn: NRN) -> String { "\(nrn.level.rawValue):\(nrn.id)" }

    /// The same fact about the keys of a group.
    func of(_ group: Group) -> APIKeyTerm { APIKeyTerm(group.rawValue + text) }

    /// All facts of a key, as a member of its group.
    ///
    /// - Parameter includingParts: whether the parts of its name are among them.
    static func all(of key: APIKey, in group: Group, includingParts: Bool) -> Set<APIKeyTerm> {
        var terms: Set<APIKeyTerm> = [.any, .owner(key.ownerID)]
        if !key.isEnabled { terms.insert(.disabled) }
        if key.lastUsedAt == nil { terms.insert(.neverUsed) }
        for tag in key.tags { terms.insert(.tag(tag)) }
        for grant in key.grants {
            terms.insert(.at(grant.nrn))
            terms.insert(.role(grant.roleSlug))
            for level in NRN.Level.allCases.dropFirst() where level <= grant.nrn.level {
                let place = grant.nrn.cut(to: level)
                terms.insert(.below(place))
                if key.grants.allSatisfy({ place.covers($0.nrn) }) { terms.insert(.within(place)) }
            }
        }
        if includingParts { terms.formUnion(parts(of: Name.foldedKey(key.name))) }
        return group == .current ? terms : Set(terms.map { $0.of(group) })
    }

    static func == (a: APIKeyTerm, b: APIKeyTerm) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// A key that comes to have a term, or to have it no more.
struct APIKeyTermChange {
    let organizationID: Organization.ID
    let term: APIKeyTerm
    let keyID: Int64
    let isMember: Bool
}
