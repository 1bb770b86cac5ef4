import Foundation
import KeywrightDomain
import KeywrightOperations

/// The panel of a custom role, as `role_form.mustache` describes it.
struct RoleFormModel: Encodable {
    struct ActionBox: Encodable {
        let actionValue: String
        let actionLabel: String
        let isActionOn: Bool
        let isActionClosed: Bool
    }

    struct Group: Encodable {
        let groupName: String
        let groupActions: [ActionBox]
    }

    struct RoleBox: Encodable {
        let roleSlug: String
        let roleName: String
        let isRoleOn: Bool
        let isRoleClosed: Bool
    }

    let formTitle: String
    let formAction: String
    let formBack: String
    let isNewRole: Bool
    let roleVersion: String
    let formToken = UUID().uuidString
    let hasProblems: Bool
    let problems: [Problem]
    let problemNote: String? = nil
    let fields: [Field]
    let selects: [Select]
    let permissionGroups: [Group]
    let permissionsError: String?
    let extraActions: String
    let extraError: String?
    let extraDescribedBy: String
    let inheritOptions: [RoleBox]
    let assignOptions: [RoleBox]
    let holdersNotice: String?
    let submitLabel: String
    let discardText: String

    /// - Parameters:
    ///   - shown: the role that is changed; nil for a new one.
    ///   - version: the one that the entries began from; nil for the role as it is now.
    init(
        _ entries: RoleEntries, of shown: ShownRole?, version: String? = nil, _ problems: RoleProblems,
        _ principal: Principal
    ) {
        let role = shown?.role
        formTitle = role.map { "Edit \($0.name)" } ?? "New role"
        formBack = role.map(RoleAddress.path) ?? RoleAddress.list
        formAction = role.map { "\(RoleAddress.path(of: $0))/edit" } ?? "\(RoleAddress.list)/new"
        isNewRole = role == nil
        roleVersion = version ?? role?.version ?? ""
        self.problems = problems.all
        hasProblems = !problems.isEmpty
        let slugHint =
            role == nil
            ? "What scripts call it. Made from the name when empty." : "It can't change while the role is given."
        fields = [
            Field("name", "Name", value: entries.name, capitals: "sentences", error: problems.name),
            Field("slug", "Slug", hint: slugHint, value: entries.slug, isOptional: role == nil, error: problems.slug),
            Field(
                "description", "Description", value: entries.description, capitals: "sentences", isOptional: true,
                error: problems.description
            ),
        ]
        selects = [
            Select(
                "level", "Can be given on",
                [("", "All levels")] + NRN.Level.allCases.map { ($0.name, "\($0.title) only") }, chosen: entries.level
            ),
            Select(
                "user_type", "For",
                [("", "Keys and people"), (User.Kind.machine.rawValue, "Keys"), (User.Kind.person.rawValue, "People")],
                chosen: entries.userType
            ),
        ]
        let organization = NRN(principal.organizationID)
        let held = Access.actions(at: organization, grants: principal.grants)
        permissionGroups = Self.groups(entries, held: held)
        permissionsError = problems.permissions
        extraActions = entries.moreActions
        extraError = problems.moreActions
        extraDescribedBy = problems.moreActions == nil ? "more_actions-hint" : "more_actions-error more_actions-hint"
        let catalogue = principal.catalogue
        func boxes(_ chosen: [String], _ fits: (Role) -> Bool) -> [RoleBox] {
            catalogue.all.compactMap { other in
                let isOn = chosen.contains(other.slug)
                guard isOn || (!other.isOlderSpelling && fits(other)) else { return nil }
                let refusal = AssignmentRule.refusal(
                    ofPuttingIntoRole: other.id, at: organization, by: principal.grants, in: catalogue
                )
                return RoleBox(
                    roleSlug: other.slug, roleName: other.name, isRoleOn: isOn, isRoleClosed: refusal != nil && !isOn
                )
            }
        }
        inheritOptions = boxes(entries.inherits) { other in
            guard !catalogue.effectiveActions(of: other).isOpen, let role else {
                return !catalogue.effectiveActions(of: other).isOpen
            }
            return !catalogue.inheritance(from: [other.id], reaches: role.id)
        }
        assignOptions = boxes(entries.assignable) { _ in true }
        holdersNotice = shown?.holdersText.map { "\($0) and change\(shown?.holderCount == 1 ? "s" : "") with it." }
        submitLabel = role == nil ? "Create role" : "Save role"
        discardText = role == nil ? "Discard this role?" : "Discard your changes?"
    }

    private static func groups(_ entries: RoleEntries, held: ActionSet) -> [Group] {
        let groups = Dictionary(grouping: Action.builtIn, by: \.entity).map { entity, actions in
            let boxes = actions.sorted { ($0.verbRank, $0.verb) < ($1.verbRank, $1.verb) }.map { action in
                let isOn = entries.actions.contains(action.name)
                return ActionBox(
                    actionValue: action.name, actionLabel: action.verbText, isActionOn: isOn,
                    isActionClosed: !held.contains(action) && !isOn
                )
            }
            return Group(groupName: Action.entityText(entity), groupActions: boxes)
        }
        return groups.sorted { $0.groupName.lowercased() < $1.groupName.lowercased() }
    }
}

extension Role {
    /// What tells whether it was changed.
    var version: String { updatedAt.map { "\($0.milliseconds)" } ?? "" }
}

extension ShownRole {
    /// How many hold it, as far as the visitor sees them.
    var holderCount: Int { (keys?.page.total ?? 0) + (persons?.total ?? 0) }

    /// As in "12 keys and 3 people hold this role"; nil when nobody does.
    var holdersText: String? {
        let parts = [
            keys.flatMap { $0.page.total > 0 ? $0.page.total.of("key") : nil },
            persons.flatMap { $0.total > 0 ? $0.total.of("person", "people") : nil },
        ].compactMap(\.self)
        return parts.isEmpty ? nil : "\(parts.listed) hold\(holderCount == 1 ? "s" : "") this role"
    }
}
