import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// Making, changing and deleting roles of the organization's own.
extension Console {
    // MARK: A new role

    func newRolePage(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        let kept = try await keptForm(call, visitor)
        return try await newRolePanel(kept.map { RoleEntries($0) } ?? RoleEntries(), .init(), call, visitor)
    }

    private func newRolePanel(
        _ entries: RoleEntries, _ problems: RoleProblems, status: HTTPResponse.Status = .ok, _ call: ConsoleCall,
        _ visitor: Visitor
    ) async throws -> Response {
        guard visitor.principal.rights.createsRoles else {
            throw DomainError.missing(.createRole, at: visitor.organization)
        }
        let title = problems.isEmpty ? "New role" : "Error: New role"
        return try await rolesPage(title: title, status: status, crumb: "New role", call, visitor) {
            $0.form = RoleFormModel(entries, of: nil, problems, visitor.principal)
        }
    }

    func createRole(_ call: ConsoleCall, _ visitor: Visitor, _ form: FormFields) async throws -> Response {
        guard visitor.principal.rights.createsRoles else {
            throw DomainError.missing(.createRole, at: visitor.organization)
        }
        let entries = RoleEntries(form)
        var problems = RoleProblems(entries)
        if problems.isEmpty {
            do {
                let role = try await operations.createRole(entries.draft(), as: visitor.principal)
                return redirect(to: RoleAddress.path(of: role), saying: "\(role.name) created")
            } catch let error as DomainError where error.isAboutInput {
                problems.add(error)
            }
        }
        return try await newRolePanel(entries, problems, status: .unprocessableContent, call, visitor)
    }

    // MARK: Changing

    func editRolePage(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        let shown = try await shownRole(call, visitor)
        let kept = try await keptForm(call, visitor)
        let entries = kept.map { RoleEntries($0) } ?? RoleEntries(shown.role, in: visitor.principal.catalogue)
        return try await editRolePanel(shown, entries, version: kept?["version"], .init(), call, visitor)
    }

    private func editRolePanel(
        _ shown: ShownRole, _ entries: RoleEntries, version: String?, _ problems: RoleProblems,
        status: HTTPResponse.Status = .ok, _ call: ConsoleCall, _ visitor: Visitor
    ) async throws -> Response {
        guard visitor.principal.rights.updates(shown.role) else {
            throw DomainError(.forbidden, shown.role.fixedText(visitor.principal.rights) ?? "You may only delete it.")
        }
        let title = "\(problems.isEmpty ? "" : "Error: ")Edit \(shown.role.name)"
        return try await rolePage(shown, title: title, status: status, call, visitor) {
            $0.form = RoleFormModel(entries, of: shown, version: version, problems, visitor.principal)
        }
    }

    func updateRole(_ call: ConsoleCall, _ visitor: Visitor, _ form: FormFields) async throws -> Response {
        let shown = try await shownRole(call, visitor)
        let (entries, old) = (RoleEntries(form), shown.role)
        var problems = RoleProblems(entries)
        var status = HTTPResponse.Status.unprocessableContent
        if problems.isEmpty, visitor.principal.rights.updates(old) {
            let draft = entries.draft(keeping: old.slug)
            let seen = Int64(form["version"]).map { Instant(milliseconds: $0) }
            do {
                let role = try await operations.updateRole(old.id, ifUpdatedAt: seen, as: visitor.principal) {
                    $0 = draft
                }
                let isSame = role.version == form["version"]
                return redirect(
                    to: RoleAddress.path(of: role), saying: isSame ? "Nothing to change" : "\(role.name) saved"
                )
            } catch let error as DomainError where error.isAboutInput || error.code == .versionMismatch {
                if error.code == .versionMismatch { status = .conflict }
                problems.add(error)
            }
        }
        // After a conflict whoever saves again has been told.
        let version = status == .conflict ? nil : form["version"]
        return try await editRolePanel(shown, entries, version: version, problems, status: status, call, visitor)
    }

    // MARK: Deleting

    func roleDeletionPage(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        let shown = try await shownRole(call, holders: Confirmation.namedItems, visitor)
        return try await roleDeletionPage(shown, call, visitor)
    }

    private func roleDeletionPage(
        _ shown: ShownRole, problem: String? = nil, status: HTTPResponse.Status = .ok, _ call: ConsoleCall,
        _ visitor: Visitor
    ) async throws -> Response {
        guard visitor.principal.rights.deletes(shown.role) else {
            throw DomainError(.forbidden, shown.role.fixedText(visitor.principal.rights) ?? "You may only change it.")
        }
        let confirmation = Confirmation(deleting: shown, problem: problem, in: visitor.principal.catalogue)
        return try await rolePage(shown, title: confirmation.confirmTitle, status: status, call, visitor) {
            $0.confirmation = confirmation
        }
    }

    func deleteRole(_ call: ConsoleCall, _ visitor: Visitor, _: FormFields) async throws -> Response {
        let shown = try await shownRole(call, holders: Confirmation.namedItems, visitor)
        do {
            try await operations.deleteRole(shown.role.id, as: visitor.principal)
            return redirect(to: RoleAddress.list, saying: "\(shown.role.name) deleted")
        } catch let error as DomainError where error.code == .conflict && !shown.role.isBuiltIn {
            return try await roleDeletionPage(shown, problem: error.detail, status: .conflict, call, visitor)
        }
    }
}
