import Mustache

/// The templates of all pages, parsed once.
enum Templates {
    /// A page's template.
    enum Name: String {
        case setupForm
        case setupDone
        case error
    }

    /// What each template is called and reads. They use `{{name}}` alone, which is escaped.
    private static let texts: [String: String] = [
        "layout": LayoutTemplate.text,
        "field": FieldTemplate.text,
        Name.setupForm.rawValue: SetupFormTemplate.text,
        Name.setupDone.rawValue: SetupDoneTemplate.text,
        Name.error.rawValue: ErrorTemplate.text,
    ]

    private static let library: MustacheLibrary = {
        MustacheContentTypes.register(PageText(), named: "PAGE")
        do {
            return MustacheLibrary(
                templates: try texts.mapValues { try MustacheTemplate(string: "{{% CONTENT_TYPE:PAGE}}\n" + $0) }
            )
        } catch {
            preconditionFailure("A template cannot be parsed: \(error)")
        }
    }()

    /// A template filled in.
    static func render(_ name: Name, _ object: Any) -> String {
        library.render(object, withTemplate: name.rawValue) ?? ""
    }
}

/// How text is put into a page, between tags and in quoted attributes.
///
/// Mustache's own escaping goes by characters, and misses a quotation mark that a combining mark follows. Browsers go by
/// code points, so this does too.
struct PageText: MustacheContentType {
    func escapeText(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
