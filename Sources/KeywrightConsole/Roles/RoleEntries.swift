import KeywrightDomain
import KeywrightOperations

/// What somebody typed into the form of a custom role, right or wrong; `role_form.mustache` names the fields.
struct RoleEntries {
    var name = ""
    var slug = ""
    var description = ""
    /// The name of a level; empty for all of them.
    var level = ""
    /// `person` or `machine`; empty for both.
    var userType = ""
    /// The actions that were ticked, by name.
    var actions: [String] = []
    /// Further actions, one a line.
    var moreActions = ""
    /// By slug.
    var inherits: [String] = []
    /// By slug.
    var assignable: [String] = []

    /// Nothing typed yet.
    init() {}

    /// The fields of the form.
    init(_ fields: FormFields) {
        name = fields["name"]
        slug = fields["slug"]
        description = fields["description"]
        level = fields["level"]
        userType = fields["user_type"]
        actions = fields.all("action")
        moreActions = fields["more_actions"]
        inherits = fields.all("inherits")
        assignable = fields.all("can_assign")
    }

    /// What a role is now.
    init(_ role: Role, in catalogue: RoleCatalogue) {
        let draft = RoleDraft(role, in: catalogue)
        let offered = Set(Action.builtIn.map(\.name))
        name = draft.name
        slug = draft.slug ?? ""
        description = draft.description
        level = draft.level ?? ""
        userType = draft.userType ?? ""
        actions = draft.actions.filter(offered.contains)
        moreActions = draft.actions.filter { !offered.contains($0) }.joined(separator: "\n")
        inherits = draft.inherits
        assignable = draft.assignable
    }

    /// The lines below the boxes.
    var extraActions: [String] {
        moreActions.split(whereSeparator: { $0.isNewline || $0 == "," }).map(\.trimmedBlanks).filter { !$0.isEmpty }
    }

    /// - Parameter slug: the one that stays when the field was left empty; nil to make one from the name.
    func draft(keeping slug: String? = nil) -> RoleDraft {
        let typed = self.slug.trimmedBlanks
        return RoleDraft(
            name: name, slug: typed.isEmpty ? slug : typed, description: description.trimmedBlanks,
            actions: actions + extraActions, inherits: inherits, assignable: assignable,
            level: level.isEmpty ? nil : level, userType: userType.isEmpty ? nil : userType
        )
    }
}

/// What is wrong with the entries, in words for people, field by field.
struct RoleProblems {
    var name: String?
    var slug: String?
    var description: String?
    var permissions: String?
    var moreActions: String?
    /// What concerns no field.
    var whole: String?

    var isEmpty: Bool { all.isEmpty }

    /// In the order of the fields.
    var all: [Problem] {
        [
            ("name", name), ("slug", slug), ("description", description), ("permissions", permissions),
            ("more_actions", moreActions), ("name", whole),
        ].compactMap { target, text in text.map { Problem(target, $0) } }
    }

    init() {}

    /// What can be said before the operation is asked.
    init(_ entries: RoleEntries) {
        if entries.name.trimmedBlanks.isEmpty { name = "Enter a name" }
        if entries.actions.isEmpty, entries.extraActions.isEmpty, entries.inherits.isEmpty {
            permissions = "Choose what the role allows, or a role to include"
        }
        let wrong = entries.extraActions.filter { Action($0) == nil }
        if let first = wrong.first {
            moreActions =
                wrong.count == 1
                ? "\"\(first)\" is not an action: write type:action, in small letters"
                : "\(wrong.count) lines are not actions: write type:action, in small letters"
        }
    }

    /// Takes up why the operation refused the entries.
    mutating func add(_ error: DomainError) {
        switch error.code {
        case .versionMismatch:
            whole =
                "Somebody changed this role meanwhile. Compare with the role as it is now, "
                + "then save again to put yours in its place"
        case .conflict where error.detail.contains("slug"): slug = error.detail
        case .forbidden: permissions = error.detail
        default:
            for violation in error.violations {
                switch violation.pointer {
                case "/name": name = violation.message
                case "/slug": slug = violation.message
                case "/description": description = violation.message
                case let pointer where pointer.hasPrefix("/actions"): permissions = violation.message
                default: whole = violation.message
                }
            }
            if error.violations.isEmpty { whole = error.detail }
        }
    }
}
