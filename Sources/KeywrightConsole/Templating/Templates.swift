/// The templates of all pages, parsed once. They use `{{name}}` alone, which is escaped.
enum Templates {
    /// The template of a page.
    enum Name: String, CaseIterable {
        case account
        case apiKeyGone = "api_key_gone"
        case apiKeys = "api_keys"
        case audit
        case auditEvent = "audit_event"
        case error = "error_inside"
        case errorPlain = "error"
        case invitation
        case people
        case person
        case resource
        case resources
        case role
        case roles
        case setupDone = "setup_done"
        case setupForm = "setup_form"
        case signIn = "sign_in"
    }

    /// What each template is called, and its text.
    private static let texts: [String: [UInt8]] = [
        "account": PackageResources.account_mustache,
        "account_menu": PackageResources.account_menu_mustache,
        "active_filters": PackageResources.active_filters_mustache,
        "api_key_conflict": PackageResources.api_key_conflict_mustache,
        "api_key_created": PackageResources.api_key_created_mustache,
        "api_key_delete": PackageResources.api_key_delete_mustache,
        "api_key_facts": PackageResources.api_key_facts_mustache,
        "api_key_form": PackageResources.api_key_form_mustache,
        "api_key_gone": PackageResources.api_key_gone_mustache,
        "api_key_grant": PackageResources.api_key_grant_mustache,
        "api_key_row": PackageResources.api_key_row_mustache,
        "api_keys": PackageResources.api_keys_mustache,
        "audit": PackageResources.audit_mustache,
        "audit_event": PackageResources.audit_event_mustache,
        "banner": PackageResources.banner_mustache,
        "confirm": PackageResources.confirm_mustache,
        "copyable": PackageResources.copyable_mustache,
        "empty": PackageResources.empty_mustache,
        "error": PackageResources.error_mustache,
        "error_inside": PackageResources.error_inside_mustache,
        "error_text": PackageResources.error_text_mustache,
        "field": PackageResources.field_mustache,
        "filter": PackageResources.filter_mustache,
        "head": PackageResources.head_mustache,
        "holders": PackageResources.holders_mustache,
        "invitation": PackageResources.invitation_mustache,
        "layout": PackageResources.layout_mustache,
        "layout_plain": PackageResources.layout_plain_mustache,
        "once_link": PackageResources.once_link_mustache,
        "pages": PackageResources.pages_mustache,
        "panel_footer": PackageResources.panel_footer_mustache,
        "panel_form": PackageResources.panel_form_mustache,
        "people": PackageResources.people_mustache,
        "person": PackageResources.person_mustache,
        "person_holders": PackageResources.person_holders_mustache,
        "problems": PackageResources.problems_mustache,
        "resource": PackageResources.resource_mustache,
        "resource_node": PackageResources.resource_node_mustache,
        "resources": PackageResources.resources_mustache,
        "role": PackageResources.role_mustache,
        "role_form": PackageResources.role_form_mustache,
        "role_table": PackageResources.role_table_mustache,
        "roles": PackageResources.roles_mustache,
        "select": PackageResources.select_mustache,
        "session_dialogs": PackageResources.session_dialogs_mustache,
        "setup_done": PackageResources.setup_done_mustache,
        "setup_form": PackageResources.setup_form_mustache,
        "sign_in": PackageResources.sign_in_mustache,
        "time": PackageResources.time_mustache,
    ]

    private static let all: [String: [TemplateNode]] = {
        do {
            return try texts.mapValues { bytes in
                try TemplateParser.parse(
                    String(decoding: bytes, as: UTF8.self), constants: ["assets": Assets.all.folder]
                )
            }
        } catch {
            preconditionFailure("A template cannot be parsed: \(error)")
        }
    }()

    /// A template filled in.
    ///
    /// - Parameter model: what the template's first comment describes; its member `content` is what it shows.
    static func render(_ name: Name, _ model: TemplateValue) -> [UInt8] {
        var rendering = TemplateRendering(templates: all)
        rendering.render(all[name.rawValue] ?? [], [model])
        return rendering.bytes
    }
}
