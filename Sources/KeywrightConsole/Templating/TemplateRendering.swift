/// A page in the making.
struct TemplateRendering {
    let templates: [String: [TemplateNode]]
    private(set) var bytes: [UInt8] = []
    /// What replaces the blocks of the templates that are being filled in, the innermost last.
    private var blocks: [[String: [TemplateNode]]] = []

    init(templates: [String: [TemplateNode]]) {
        self.templates = templates
        bytes.reserveCapacity(64 * 1024)
    }

    /// - Parameter stack: where names are looked up, the innermost last.
    mutating func render(_ nodes: [TemplateNode], _ stack: [TemplateValue]) {
        for node in nodes {
            switch node {
            case .text(let text): bytes += text
            case .value(let path): append(Self.find(path, stack))
            case .section(let path, let content): section(Self.find(path, stack), content, stack)
            case .inverted(let path, let content):
                if Self.isAbsent(Self.find(path, stack)) { render(content, stack) }
            case .partial(let name): render(templates[name] ?? [], stack)
            case .block(let name, let content): render(blocks.last?[name] ?? content, stack)
            case .parent(let name, let replacements):
                blocks.append(replacements)
                render(templates[name] ?? [], stack)
                blocks.removeLast()
            }
        }
    }

    private mutating func section(_ value: TemplateValue?, _ content: [TemplateNode], _ stack: [TemplateValue]) {
        switch value {
        case nil, .flag(false): break
        case .flag(true), .text: render(content, value.map { $0.isText ? stack + [$0] : stack } ?? stack)
        case .object(let object): render(content, stack + [.object(object)])
        case .list(let items): for item in items { render(content, stack + [item]) }
        }
    }

    /// The value of a name: the first part is looked up from the inside out, the others within it.
    private static func find(_ path: [String], _ stack: [TemplateValue]) -> TemplateValue? {
        guard let first = path.first else { return stack.last }
        for value in stack.reversed() {
            guard var found = value.member(first) else { continue }
            for name in path.dropFirst() {
                guard let next = found.member(name) else { return nil }
                found = next
            }
            return found
        }
        return nil
    }

    private static func isAbsent(_ value: TemplateValue?) -> Bool {
        switch value {
        case nil, .flag(false): true
        case .list(let items): items.isEmpty
        case .flag, .text, .object: false
        }
    }

    private mutating func append(_ value: TemplateValue?) {
        switch value {
        case .text(let text): append(escaping: text)
        case .flag(let flag): bytes += Array((flag ? "true" : "false").utf8)
        case nil, .list, .object: break
        }
    }

    /// Between tags and in quoted attributes. Browsers go by code points, so this does not go by characters.
    private mutating func append(escaping text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes += Self.ampersand
            case UInt8(ascii: "<"): bytes += Self.less
            case UInt8(ascii: ">"): bytes += Self.greater
            case UInt8(ascii: "\""): bytes += Self.quote
            case UInt8(ascii: "'"): bytes += Self.apostrophe
            default: bytes.append(byte)
            }
        }
    }

    private static let ampersand = Array("&amp;".utf8)
    private static let less = Array("&lt;".utf8)
    private static let greater = Array("&gt;".utf8)
    private static let quote = Array("&quot;".utf8)
    private static let apostrophe = Array("&#39;".utf8)
}

extension TemplateValue {
    fileprivate var isText: Bool {
        if case .text = self { return true }
        return false
    }
}
