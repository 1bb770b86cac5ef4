/// How a request names a role: by exactly one of `role_slug` and `role_id`.
public enum RoleReference: Sendable, Hashable {
    /// By slug; read back exactly as written, also in the level-prefixed spelling.
    case slug(String)
    /// By number.
    case id(Int64)

    /// Reads the two members; nil when both, neither or a wrong one is there.
    ///
    /// `null` counts as left out; an empty slug is an error, since an old client sends it by mistake.
    init?(_ reader: inout FieldReader) {
        let slug = reader.optional(CodingKeys.slug.rawValue, .nonEmptyString(.roleSlug))
        let id = reader.optional(CodingKeys.id.rawValue, .identifier)
        guard reader.has(CodingKeys.slug.rawValue) != reader.has(CodingKeys.id.rawValue) else {
            reader.refuse(nil, "needs exactly one of role_slug and role_id")
            return nil
        }
        if let slug {
            self = .slug(slug)
        } else if let id {
            self = .id(id)
        } else {
            return nil
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .slug(let slug): try container.encode(slug, forKey: .slug)
        case .id(let id): try container.encode(id, forKey: .id)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case slug = "role_slug"
        case id = "role_id"
    }
}
