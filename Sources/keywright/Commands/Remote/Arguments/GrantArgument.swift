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
