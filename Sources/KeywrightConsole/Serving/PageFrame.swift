import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// What every page shows around its content, as `layout.mustache` describes it.
struct PageFrame: Encodable {
    /// A step of the way to the page.
    struct Crumb: Encodable {
        let crumbLabel: String
        /// Nil for the page itself.
        let crumbLink: String?

        init(_ label: String, _ link: String? = nil) {
            crumbLabel = label
            crumbLink = link
        }
    }

    /// A link of the navigation.
    struct SectionLink: Encodable {
        let sectionLabel: String
        let sectionLink: String
        let sectionIcon: String
        let isSectionHere: Bool
    }

    /// A link of the drop-down above the navigation.
    struct DashboardLink: Encodable {
        let dashboardLabel: String
        let dashboardLink: String
        let dashboardGlyph: String
        let isDashboardHere: Bool
    }

    /// A part of the console with sections of its own.
    enum Dashboard: String, CaseIterable {
        case settings = "Platform settings"
        case activity = "Activity"

        var icon: String { self == .settings ? "settings-2" : "activity" }
        var address: String { (self == .settings ? Section.apiKeys : .audit).address }
    }

    /// The part of the console to which a page belongs.
    enum Section: String, CaseIterable {
        case apiKeys = "API keys"
        case roles = "Roles"
        case resources = "Resources"
        case people = "People"
        case audit = "Audit trail"

        var address: String {
            switch self {
            case .apiKeys: "/settings/api-keys"
            case .roles: "/settings/roles"
            case .resources: "/settings/resources"
            case .people: "/settings/people"
            case .audit: "/audit"
            }
        }

        var icon: String {
            switch self {
            case .apiKeys: "key-round"
            case .roles: "shield-check"
            case .resources: "boxes"
            case .people: "users"
            case .audit: "scroll-text"
            }
        }

        var dashboard: Dashboard { self == .audit ? .activity : .settings }
    }

    /// What the window is called.
    var pageTitle: String
    var isNarrow = false
    var theme: String?
    /// The session's form token, for every form of the page.
    var csrf = ""
    /// The address of the page itself, to come back to.
    var here = ""
    /// Seconds until the session ends without a further request.
    var expiresIn: Int64 = 0
    var shortcuts = true
    /// Where the shortcut `n` leads; nil for whoever cannot create keys.
    var newKeyPath: String?
    var organizationName = ""
    var accountName = ""
    /// Whether the name is more than the address.
    var hasAccountName = false
    var accountEmail = ""
    var accountInitials = ""
    var themeIsSystem = "true"
    var themeIsLight = "false"
    var themeIsDark = "false"
    var dashboardName = ""
    var dashboardIcon = ""
    var dashboards: [DashboardLink] = []
    var sections: [SectionLink] = []
    var crumbs: [Crumb] = []
    var banners: [Banner] = []
    /// What the page before it did.
    var toast: String?

    /// A page of nobody in particular.
    init(title: String, isNarrow: Bool = false) {
        pageTitle = "\(title) · Keywright"
        self.isNarrow = isNarrow
    }

    /// A page of a signed-in person.
    ///
    /// - Parameters:
    ///   - heading: what the page is called; the section's name stands behind it.
    ///   - crumbs: the way from the section to the page.
    init(_ heading: String, in section: Section?, crumbs: [Crumb] = [], _ call: ConsoleCall, _ visitor: Visitor) {
        let dashboard = section?.dashboard ?? .settings
        let behind = section.map { $0.rawValue == heading ? dashboard.rawValue : $0.rawValue } ?? "Keywright"
        pageTitle = "\(heading) · \(behind)"
        dashboardName = dashboard.rawValue
        dashboardIcon = dashboard.icon
        dashboards = Dashboard.allCases.map {
            DashboardLink(
                dashboardLabel: $0.rawValue, dashboardLink: $0.address, dashboardGlyph: $0.icon,
                isDashboardHere: $0 == dashboard
            )
        }
        sections = Section.allCases.filter { $0.dashboard == dashboard }.map {
            SectionLink(
                sectionLabel: $0.rawValue, sectionLink: $0.address, sectionIcon: $0.icon, isSectionHere: $0 == section
            )
        }
        self.crumbs = [Crumb(dashboard.rawValue, dashboard.address)]
        if let section { self.crumbs.append(Crumb(section.rawValue, crumbs.isEmpty ? nil : section.address)) }
        self.crumbs += crumbs
        csrf = visitor.csrf
        here = [.get, .head].contains(call.request.method) ? call.pathAndQuery : ""
        expiresIn = visitor.secondsLeft
        newKeyPath = visitor.principal.rights.createsAPIKeys ? "\(APIKeyListState.path)/new" : nil
        shortcuts = call.cookie(ConsoleCookies.shortcuts) != "off"
        organizationName = visitor.organizationName
        accountName = visitor.signedIn.user.displayName.text
        hasAccountName = !visitor.signedIn.user.displayName.name.isEmpty
        accountEmail = visitor.signedIn.user.email
        accountInitials = visitor.signedIn.user.initials
        toast = Flash(cookie: call.cookie(ConsoleCookies.flash))?.text
        choose(theme: call.cookie(ConsoleCookies.theme))
    }

    /// Takes up what a cookie says about light and dark.
    mutating func choose(theme text: String?) {
        theme = text.flatMap { ["light", "dark"].contains($0) ? $0 : nil }
        themeIsSystem = theme == nil ? "true" : "false"
        themeIsLight = theme == "light" ? "true" : "false"
        themeIsDark = theme == "dark" ? "true" : "false"
    }
}

/// A message across the page, as `banner.mustache` describes it.
struct Banner: Encodable {
    let bannerKind: String
    let bannerIcon: String
    let bannerText: String

    /// How much it matters.
    enum Kind: String {
        case info
        case warn
    }

    init(_ kind: Kind, _ text: String) {
        bannerKind = kind.rawValue
        bannerText = text
        bannerIcon =
            switch kind {
            case .info: "info"
            case .warn: "triangle-alert"
            }
    }

    /// What stands on every page that others on the network can read.
    static let readable = Banner(
        .warn, "This page is not encrypted. Others on the network can read what you type and see here."
    )
}
