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

    /// The template of a part of pages.
    enum Part: String, CaseIterable {
        case apiKeyFilters = "api_key_filters"
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
        "api_key_filters": PackageResources.api_key_filters_mustache,
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

    private static let program: TemplateProgram = {
        do {
            return try TemplateProgram(
                texts.mapValues { bytes in
                    try TemplateParser.parse(
                        String(decoding: bytes, as: UTF8.self), constants: ["assets": Assets.all.folder]
                    )
                })
        } catch {
            preconditionFailure("A template cannot be parsed: \(error)")
        }
    }()

    private static let shapes = TemplateShapes(program)

    /// A template filled in.
    ///
    /// - Parameters:
    ///   - frame: what is around the content, as `layout.mustache` and `layout_plain.mustache` describe it.
    ///   - content: what the template's first comment describes.
    static func page(_ name: Name, _ frame: some Encodable, _ content: some Encodable) -> [UInt8] {
        render(name.rawValue, shapes.value(of: frame, content: content), capacity: 96 * 1024).bytes
    }

    /// A part of pages, to be filled in once for several.
    static func part(_ name: Part, _ model: some Encodable) -> TemplatePart {
        TemplatePart(render(name.rawValue, shapes.value(of: model), capacity: 16 * 1024))
    }

    private static func render(_ name: String, _ model: TemplateValue, capacity: Int) -> TemplateRendering {
        var rendering = TemplateRendering(program, model, capacity: capacity)
        if let number = program.template(name) { rendering.render(template: number) }
        return rendering
    }
}
