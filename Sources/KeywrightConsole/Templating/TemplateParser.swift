import Foundation

/// A piece of a template.
indirect enum TemplateNode: Sendable {
    /// As it stands.
    case text([UInt8])
    /// A value, escaped; the name's parts between dots.
    case value([String])
    /// What is shown for a value: for each item of a list, within an object, once for a flag or text.
    case section([String], [TemplateNode])
    /// What is shown where a value is absent, false or an empty list.
    case inverted([String], [TemplateNode])
    /// Another template.
    case partial(String)
    /// Another template, in which blocks are replaced.
    case parent(String, blocks: [String: [TemplateNode]])
    /// What a template that has this one as parent may replace.
    case block(String, [TemplateNode])
}

/// Reads templates: Mustache with sections, partials and inheritance, and no way to leave out escaping.
struct TemplateParser {
    /// Why a text is no template.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// What stands for a name in every page.
    let constants: [String: String]
    private var rest: Substring
    /// Whether only blanks stand between the beginning of the line and here.
    private var isLineStart = true

    private init(_ text: String, constants: [String: String]) {
        rest = text[...]
        self.constants = constants
    }

    /// - Throws: a ``Fault`` for a tag that is not closed, closed wrongly or not known.
    static func parse(_ text: String, constants: [String: String]) throws -> [TemplateNode] {
        var parser = TemplateParser(text, constants: constants)
        return try parser.nodes(until: nil)
    }

    private mutating func nodes(until end: String?) throws -> [TemplateNode] {
        var nodes: [TemplateNode] = []
        while let open = rest.range(of: "{{") {
            var text = String(rest[..<open.lowerBound])
            guard let close = rest[open.upperBound...].range(of: "}}") else {
                throw Fault(description: "{{ without }}")
            }
            let tag = rest[open.upperBound..<close.lowerBound]
            rest = rest[close.upperBound...]
            guard let sign = tag.first, !"{&>=%".contains(sign) || sign == ">" else {
                throw Fault(description: "{{\(tag)}} is not known here")
            }
            let name = tag.dropFirst().trimmedBlanks
            if "!#^/<>$".contains(sign) { standAlone(&text) }
            if !text.isEmpty { nodes.append(.text(Array(text.utf8))) }
            switch sign {
            case "!": break
            case "#": nodes.append(.section(path(name), try self.nodes(until: name)))
            case "^": nodes.append(.inverted(path(name), try self.nodes(until: name)))
            case "$": nodes.append(.block(name, try self.nodes(until: name)))
            case ">": nodes.append(.partial(name))
            case "<":
                var blocks: [String: [TemplateNode]] = [:]
                for case .block(let block, let content) in try self.nodes(until: name) { blocks[block] = content }
                nodes.append(.parent(name, blocks: blocks))
            case "/":
                guard name == end else { throw Fault(description: "{{/\(name)}} closes {{\(end ?? "")}}") }
                return nodes
            default:
                let name = tag.trimmedBlanks
                nodes.append(constants[name].map { .text(Array($0.utf8)) } ?? .value(path(name)))
                isLineStart = false
            }
        }
        guard end == nil else { throw Fault(description: "{{\(end ?? "")}} is not closed") }
        nodes.append(.text(Array(rest.utf8)))
        return nodes
    }

    private func path(_ name: String) -> [String] {
        name == "." ? [] : name.split(separator: ".").map(String.init)
    }

    /// A tag on a line of its own leaves no line behind.
    private mutating func standAlone(_ text: inout String) {
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
        let beginsLine = (text.contains("\n") || isLineStart) && line.allSatisfy { $0 == " " }
        let after = rest.prefix { $0 == " " }
        let following = rest[after.endIndex...]
        guard beginsLine, following.isEmpty || following.hasPrefix("\n") else {
            isLineStart = false
            return
        }
        text.removeLast(line.count)
        rest = following.dropFirst()
        isLineStart = true
    }
}
