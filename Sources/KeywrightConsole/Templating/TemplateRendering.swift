/// A page in the making.
struct TemplateRendering: ~Copyable {
    private let program: TemplateProgram
    private(set) var bytes: [UInt8] = []
    /// Where names are looked up, the innermost last.
    private var stack: [TemplateValue]
    /// What replaces the blocks of the templates that are being filled in, the innermost last.
    private var blocks: [[(name: TemplateProgram.Name, content: Range<Int>)]] = []

    /// - Parameter capacity: how many bytes the page will have, about.
    init(_ program: TemplateProgram, _ model: TemplateValue, capacity: Int) {
        self.program = program
        stack = [model]
        bytes.reserveCapacity(capacity)
    }

    mutating func render(template number: Int32) { render(program.templates[Int(number)]) }

    private mutating func render(_ range: Range<Int>) {
        var place = range.lowerBound
        while place < range.upperBound {
            let step = program.steps[place]
            place += 1
            switch step {
            case .text(let start, let count): bytes += program.text[Int(start)..<Int(start + count)]
            case .value(let path): append(find(path))
            case .section(let path, let end):
                section(find(path), place..<Int(end))
                place = Int(end)
            case .inverted(let path, let end):
                if Self.isAbsent(find(path)) { render(place..<Int(end)) }
                place = Int(end)
            case .template(let number): render(template: number)
            case .block(let name, let end):
                render(blocks.last?.first { $0.name == name }?.content ?? place..<Int(end))
                place = Int(end)
            case .parent(let number, let end):
                blocks.append(replacements(place..<Int(end)))
                render(template: number)
                blocks.removeLast()
                place = Int(end)
            }
        }
    }

    /// The blocks that follow each other in a range.
    private func replacements(_ range: Range<Int>) -> [(name: TemplateProgram.Name, content: Range<Int>)] {
        var found: [(name: TemplateProgram.Name, content: Range<Int>)] = []
        var place = range.lowerBound
        while place < range.upperBound, case .block(let name, let end) = program.steps[place] {
            found.append((name, (place + 1)..<Int(end)))
            place = Int(end)
        }
        return found
    }

    private mutating func section(_ value: TemplateValue?, _ content: Range<Int>) {
        switch value {
        case nil, .flag(false): break
        case .flag(true): render(content)
        case .text?, .object?, .part?: if let value { render(content, within: value) }
        case .list(let list): for item in list.items { render(content, within: item) }
        }
    }

    private mutating func render(_ content: Range<Int>, within value: TemplateValue) {
        stack.append(value)
        render(content)
        stack.removeLast()
    }

    /// The value of a name: the first part is looked up from the inside out, the others within it.
    private func find(_ path: TemplateProgram.Path) -> TemplateValue? {
        guard let first = path.first else { return stack.last }
        var place = stack.count
        while place > 0 {
            place -= 1
            guard case .object(let object) = stack[place], let found = object[first] else { continue }
            guard let second = path.second else { return found }
            guard case .object(let object) = found, let found = object[second] else { return nil }
            guard let third = path.third else { return found }
            guard case .object(let object) = found else { return nil }
            return object[third]
        }
        return nil
    }

    private static func isAbsent(_ value: TemplateValue?) -> Bool {
        switch value {
        case nil, .flag(false): true
        case .list(let list): list.items.isEmpty
        case .flag, .text, .object, .part: false
        }
    }

    private mutating func append(_ value: TemplateValue?) {
        switch value {
        case .text(let text): append(escaping: text)
        case .flag(let flag): append(escaping: flag ? "true" : "false")
        case .part(let part): bytes += part
        case nil, .list, .object: break
        }
    }

    /// Between tags and in quoted attributes. Browsers go by code points, so this does not go by characters.
    private mutating func append(escaping text: String) {
        var text = text
        text.withUTF8 { characters in
            // As a rule there is nothing to escape: what lies between goes together.
            var start = 0
            for place in characters.indices where Self.mustBeEscaped(characters[place]) {
                bytes += characters[start..<place]
                bytes += Self.entity(for: characters[place]).utf8
                start = place + 1
            }
            bytes += characters[start...]
        }
    }

    private static func mustBeEscaped(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
        default: false
        }
    }

    private static func entity(for byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        default: "&#39;"
        }
    }
}
