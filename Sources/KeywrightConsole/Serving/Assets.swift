import Foundation
import Hummingbird

/// The files that pages refer to, in memory. All lie in one folder whose name changes with their content, so that they
/// may be kept for good and refer to each other by their plain names.
struct Assets: Sendable {
    /// One file.
    struct File: Sendable {
        let name: String
        let type: String
        let content: ByteBuffer
    }

    let files: [File]
    /// `/assets/<hash>`, without a slash at the end.
    let folder: String

    static let all = Assets([
        ("console.css", "text/css; charset=utf-8", SlimText.stylesheet(stylesheet)),
        ("console.js", "text/javascript; charset=utf-8", SlimText.script(script)),
        ("forms.js", "text/javascript; charset=utf-8", SlimText.script(formsScript)),
        ("trail.js", "text/javascript; charset=utf-8", SlimText.script(PackageResources.trail_js)),
        ("icons.svg", "image/svg+xml", PackageResources.icons_svg),
        ("icon.svg", "image/svg+xml", PackageResources.icon_svg),
        ("inter.woff2", "font/woff2", PackageResources.inter_woff2),
        ("jetbrains-mono.woff2", "font/woff2", PackageResources.jetbrains_mono_woff2),
    ])

    /// The parts of the stylesheet, joined in their order.
    private static let stylesheet =
        PackageResources.console_1_base_css + PackageResources.console_2_layout_css
        + PackageResources.console_3_components_css + PackageResources.console_4_layers_css
        + PackageResources.console_5_pages_css + PackageResources.console_6_conditions_css

    /// The parts of the script of every page, joined in their order: they are one module, whose functions see each
    /// other.
    private static let script =
        PackageResources.console_1_page_js + PackageResources.console_2_dialogs_js
        + PackageResources.console_3_menus_js + PackageResources.console_4_list_js
        + PackageResources.console_5_once_js + PackageResources.console_6_start_js

    /// What pages with a form of grants load beside it; it imports from the script of every page.
    private static let formsScript =
        PackageResources.forms_1_grants_js + PackageResources.forms_2_tags_js + PackageResources.forms_3_create_js

    private init(_ files: [(name: String, type: String, content: [UInt8])]) {
        var hash = UInt64(0xCBF2_9CE4_8422_2325)
        for byte in files.lazy.flatMap({ $0.name.utf8 + $0.content }) {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3  // FNV-1a: it tells versions apart, no more.
        }
        let digits = String(hash, radix: 16)
        folder = "/assets/" + String(repeating: "0", count: 16 - digits.count) + digits
        self.files = files.map { File(name: $0.name, type: $0.type, content: ByteBuffer(bytes: $0.content)) }
    }
}

extension Assets.File {
    var response: Response {
        var fields = HTTPFields()
        fields[.contentType] = type
        fields[.cacheControl] = "public, max-age=31536000, immutable"
        fields[.xContentTypeOptions] = "nosniff"
        // A picture opened by itself is a document of its own.
        fields[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        fields.set("Cross-Origin-Resource-Policy", "same-origin")
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: content))
    }
}
