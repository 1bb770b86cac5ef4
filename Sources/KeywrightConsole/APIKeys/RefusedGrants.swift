import KeywrightDomain

extension [APIKeyEntries.Row] {
    /// What of the rows is not the principal's to give, in words, by the number of the row.
    ///
    /// - Parameter held: the grants that are there already: nobody needs the right to give them again.
    func refusals(
        to kind: User.Kind, held: [Grant], _ names: APIKeyNames, _ principal: Principal
    ) -> [Int: String] {
        var refusals: [Int: String] = [:]
        for (index, row) in enumerated() {
            guard let nrn = try? NRN(parsing: row.nrn) else { continue }
            let given = row.roles.compactMap { principal.catalogue.role(slug: $0) }.filter { role in
                !held.contains { $0.custom == nil && $0.nrn == nrn && $0.roleID == role.id }
            }
            guard let refused = given.first(where: { !principal.gives($0, at: nrn, to: kind) }) else { continue }
            refusals[index + 1] =
                "You can't grant \(refused.name) on \(names.resources.name(of: nrn)) because you don't have it"
        }
        return refusals
    }
}

extension Principal {
    /// Whether a role may be given at a place, as far as the role fits there at all.
    fileprivate func gives(_ role: Role, at nrn: NRN, to kind: User.Kind) -> Bool {
        let request = GrantRequest(nrn: nrn, shape: .role(role.id))
        guard let grant = try? catalogue.resolve(request, for: kind, pointer: "") else { return true }
        return (try? requireAssignment(of: grant)) != nil
    }
}
