import ArgumentParser
import KeywrightWire

/// What a grant gives and where, as `NRN=ROLE` on the command line.
struct GrantArgument: Sendable, Equatable {
    let nrn: String
    let role: String

    /// Splits at the last `=`, since an NRN has some of its own. The server checks the rest.
    static func parse(_ text: String) throws -> GrantArgument {
        guard let (nrn, role) = splitAtLast(text) else {
            throw ValidationError("a grant reads NRN=ROLE, as in organization=1:account=2=admin")
        }
        return GrantArgument(nrn: nrn, role: role)
    }

    /// A grant for an API key.
    var request: GrantRequest { GrantRequest(nrn: nrn, .role(.slug(role))) }

    /// Both parts; nil when one is empty or the first does not look like an NRN.
    fileprivate static func splitAtLast(_ text: String) -> (nrn: String, rest: String)? {
        let bytes = text.utf8
        guard let mark = bytes.lastIndex(of: UInt8(ascii: "=")) else { return nil }
        let (nrn, rest) = (text[..<mark], text[bytes.index(after: mark)...])
        guard nrn.utf8.contains(UInt8(ascii: "=")), !rest.isEmpty else { return nil }
        return (String(nrn), String(rest))
    }
}

/// Actions and where they hold, as `NRN=ACTION,ACTION` on the command line.
struct ActionGrantArgument: Sendable, Equatable {
    let nrn: String
    let actions: [String]

    /// Splits at the last `=`, and what follows at commas. The server checks the rest.
    static func parse(_ text: String) throws -> ActionGrantArgument {
        guard let (nrn, list) = GrantArgument.splitAtLast(text) else { throw invalid }
        let actions = list.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
            String($0) ?? ""
        }
        guard actions.allSatisfy({ $0.utf8.contains(UInt8(ascii: ":")) }) else { throw invalid }
        return ActionGrantArgument(nrn: nrn, actions: actions)
    }

    /// A grant for an API key.
    var request: GrantRequest { GrantRequest(nrn: nrn, .actions(actions)) }

    private static var invalid: ValidationError {
        ValidationError("actions read NRN=ACTION,ACTION, as in organization=1=api_key:read,log:read")
    }
}

/// Roles with changes and where they hold, as `NRN=ROLE,+ACTION,-ACTION` on the command line.
struct InheritingGrantArgument: Sendable, Equatable {
    let nrn: String
    let roles: [String]
    let added: [String]
    let removed: [String]

    /// Splits at the last `=`, and what follows at commas: `+` gives an action beside the roles', `-` takes one away.
    static func parse(_ text: String) throws -> InheritingGrantArgument {
        guard let (nrn, list) = GrantArgument.splitAtLast(text) else { throw invalid }
        let parts = list.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
            String($0) ?? ""
        }
        func actions(_ sign: UInt8) -> [String] {
            parts.filter { $0.utf8.first == sign }.map { String($0.dropFirst()) }
        }
        let (added, removed) = (actions(UInt8(ascii: "+")), actions(UInt8(ascii: "-")))
        let roles = parts.filter { $0.utf8.first != UInt8(ascii: "+") && $0.utf8.first != UInt8(ascii: "-") }
        guard !roles.isEmpty, !parts.contains(""), (added + removed).allSatisfy({ $0.utf8.contains(UInt8(ascii: ":")) })
        else { throw invalid }
        return InheritingGrantArgument(nrn: nrn, roles: roles, added: added, removed: removed)
    }

    /// A grant for an API key.
    var request: GrantRequest {
        GrantRequest(nrn: nrn, .inherits(roles, add: added, remove: removed))
    }

    private static var invalid: ValidationError {
        ValidationError(
            "roles with changes read NRN=ROLE,ROLE,+ACTION,-ACTION, as in organization=1=developer,+api_key:read,-log:read"
        )
    }
}
