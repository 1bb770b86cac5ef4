import KeywrightDomain
import KeywrightStore

/// A grant as it was typed or sent.
public struct GrantInput: Sendable, Equatable {
    /// What it shall give, in words.
    public enum Shape: Sendable, Equatable {
        case slug(String)
        case role(Int64)
        case actions([String])
        case inherits([String], add: [String], remove: [String])
    }

    /// Where it shall hold.
    public let nrn: String
    /// What it shall give.
    public let shape: Shape

    /// A grant as it was typed or sent.
    public init(nrn: String, shape: Shape) {
        self.nrn = nrn
        self.shape = shape
    }

    /// Reads it; nil when something is wrong, which is then among the violations.
    func parse(_ pointer: String, _ violations: inout Violations) -> GrantRequest? {
        guard let nrn = try? NRN(parsing: nrn) else {
            violations.add(
                "\(pointer)/nrn",
                "An NRN reads organization=1:account=2:namespace=3:application=4:scope=5, or a prefix."
            )
            return nil
        }
        func actions(_ names: [String], _ pointer: String) -> [Action] {
            names.enumerated().compactMap { index, name in
                guard let action = Action(name) else {
                    violations.add("\(pointer)/\(index)", "An action reads entity:verb, in lower-case letters.")
                    return nil
                }
                return action
            }
        }
        switch shape {
        case .slug(let slug): return GrantRequest(nrn: nrn, shape: .slug(slug))
        case .role(let id): return GrantRequest(nrn: nrn, shape: .role(Role.ID(id)))
        case .actions(let names):
            if names.count > 200 { violations.add("\(pointer)/actions", "A grant names at most 200 actions.") }
            return GrantRequest(nrn: nrn, shape: .actions(actions(names, "\(pointer)/actions")))
        case .inherits(let slugs, let add, let remove):
            let added = actions(add, "\(pointer)/actions/add")
            let removed = actions(remove, "\(pointer)/actions/remove")
            return GrantRequest(nrn: nrn, shape: .inherits(slugs, add: added, remove: removed))
        }
    }
}

/// A tag as it was typed or sent.
public struct TagInput: Sendable, Equatable {
    /// Its key.
    public let key: String
    /// Its value.
    public let value: String

    /// A tag as it was typed or sent.
    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    static func parse(_ inputs: [TagInput], _ violations: inout Violations) throws(DomainError) -> [Tag] {
        var tags: [Tag] = []
        for (index, input) in inputs.enumerated() {
            let tag = try violations.collect { () throws(DomainError) in
                try Tag(key: input.key, value: input.value, pointer: "/tags/\(index)")
            }
            if let tag { tags.append(tag) }
        }
        if tags.count == inputs.count {
            violations.add(Tag.violations(in: tags))
        } else if inputs.count > Tag.limit {
            violations.add("/tags", "A key carries at most \(Tag.limit) tags.")
        }
        return tags
    }
}

extension GrantInput {
    /// Reads the grants of a key, all wrong fields at once: 1 to 100, in one organization.
    static func parse(_ inputs: [GrantInput], _ violations: inout Violations) -> [GrantRequest] {
        if inputs.isEmpty { violations.add("/grants", "A key needs at least one grant.") }
        if inputs.count > APIKey.grantLimit {
            violations.add("/grants", "A key carries at most \(APIKey.grantLimit) grants.")
            return []
        }
        return inputs.enumerated().compactMap { $1.parse("/grants/\($0)", &violations) }
    }

    /// Looks up roles and resources of a key's grants: each place must be live and in the principal's organization.
    ///
    /// - Parameter kept: the grants the key has: one of these may lie on a resource that is gone by now.
    /// - Throws: `.invalid` naming every wrong field.
    static func resolve(
        _ requests: [GrantRequest], for principal: Principal, keeping kept: [Grant] = [],
        in transaction: any ReadTransaction
    ) throws -> [ResolvedGrant] {
        var violations = Violations()
        var resolved: [ResolvedGrant] = []
        for (index, request) in requests.enumerated() {
            let pointer = "/grants/\(index)"
            let isKnown = kept.contains { $0.nrn == request.nrn }
            guard request.nrn.organizationID == principal.organizationID,
                try isKnown || transaction.isLive(request.nrn)
            else {
                violations.add("\(pointer)/nrn", "There is no such resource.")
                continue
            }
            let grant = try violations.collect { () throws(DomainError) in
                try principal.catalogue.resolve(request, for: .machine, pointer: pointer, keeping: kept)
            }
            guard let grant else { continue }
            let isKept = kept.contains { grant.matches($0) }
            if isKnown, !isKept, try !transaction.isLive(grant.nrn) {
                violations.add("\(pointer)/nrn", "There is no such resource.")
            }
            if let first = resolved.firstIndex(where: { $0.nrn == grant.nrn && $0.isSameRole(as: grant) }) {
                violations.add(pointer, "Grant \(index + 1) repeats grant \(first + 1).")
            }
            resolved.append(grant)
        }
        try violations.check()
        return resolved
    }
}

extension ResolvedGrant {
    /// Whether both give the same role, or the same set of actions.
    func isSameRole(as other: ResolvedGrant) -> Bool {
        if let role, let otherRole = other.role { return role.id == otherRole.id }
        return role == nil && other.role == nil && custom == other.custom
    }
}
