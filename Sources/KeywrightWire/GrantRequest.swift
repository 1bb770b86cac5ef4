/// A grant of an API key as a client sends it: a place, and what holds there.
public struct GrantRequest: WireRequest {
    /// The three shapes of a grant.
    public enum Permission: Sendable, Hashable {
        /// A role of the catalogue.
        case role(RoleReference)
        /// Actions by name.
        case actions([String])
        /// The actions of roles by slug, with some added and some removed.
        case inherits([String], add: [String], remove: [String])
    }

    /// Where it shall hold.
    public var nrn: String
    /// What it shall give.
    public var permission: Permission

    /// A grant.
    public init(nrn: String, _ permission: Permission) {
        self.nrn = nrn
        self.permission = permission
    }

    /// Reads `nrn` and exactly one of `role_slug`, `role_id`, `actions` (an array) and `inherits`.
    ///
    /// Beside `inherits`, `actions` may be an object with `add` and `remove`. Other members are errors; `null` counts
    /// as left out.
    public init?(_ reader: inout FieldReader) {
        let nrn = reader.required(CodingKeys.nrn.rawValue, .string(.nrn))
        let permission = Permission(&reader)
        reader.refuseUnknownMembers()
        guard let nrn, let permission else { return nil }
        self.init(nrn: nrn, permission)
    }

    /// Writes the members of the shape at hand.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(nrn, forKey: .nrn)
        switch permission {
        case .role(let role):
            try role.encode(to: encoder)
        case .actions(let actions):
            try container.encode(actions, forKey: .actions)
        case .inherits(let roles, let add, let remove):
            try container.encode(roles, forKey: .inherits)
            if !add.isEmpty || !remove.isEmpty {
                try container.encode(ActionChanges(add: add, remove: remove), forKey: .actions)
            }
        }
    }

    fileprivate enum CodingKeys: String, CodingKey {
        case nrn
        case actions
        case inherits
        case roleSlug = "role_slug"
        case roleID = "role_id"
    }
}

extension GrantRequest.Permission {
    fileprivate init?(_ reader: inout FieldReader) {
        typealias Key = GrantRequest.CodingKeys
        let isInherited = reader.has(Key.inherits.rawValue)
        let given = [
            reader.has(Key.roleSlug.rawValue), reader.has(Key.roleID.rawValue),
            isInherited || reader.has(Key.actions.rawValue),
        ]
        let slug = reader.optional(Key.roleSlug.rawValue, .nonEmptyString(.roleSlug))
        let id = reader.optional(Key.roleID.rawValue, .identifier)
        let inherits = reader.optional(Key.inherits.rawValue, .array(of: .nonEmptyString(.roleSlug)))
        let names = FieldShape.array(of: .string(.action))
        let actions = isInherited ? nil : reader.optional(Key.actions.rawValue, names)
        let changes = isInherited ? reader.optional(Key.actions.rawValue, .object(ActionChanges.init)) : nil
        guard given.filter({ $0 }).count == 1 else {
            reader.refuse(nil, "needs exactly one of role_slug, role_id, actions and inherits")
            return nil
        }
        if let slug {
            self = .role(.slug(slug))
        } else if let id {
            self = .role(.id(id))
        } else if let actions {
            self = .actions(actions)
        } else if let inherits {
            self = .inherits(inherits, add: changes?.add ?? [], remove: changes?.remove ?? [])
        } else {
            return nil
        }
    }
}

/// What a grant changes in the actions it inherits.
private struct ActionChanges: Encodable {
    let add: [String]
    let remove: [String]

    init(add: [String], remove: [String]) {
        self.add = add
        self.remove = remove
    }

    init?(_ reader: inout FieldReader) {
        add = reader.optional(CodingKeys.add.rawValue, .array(of: .string(.action))) ?? []
        remove = reader.optional(CodingKeys.remove.rawValue, .array(of: .string(.action))) ?? []
        reader.refuseUnknownMembers()
    }

    enum CodingKeys: String, CodingKey {
        case add
        case remove
    }
}
