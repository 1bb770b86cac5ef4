/// All templates as one list of steps, in which names are numbers.
///
/// A page has thousands of names to look up: they are compared as texts once, when the program starts.
struct TemplateProgram: Sendable {
    /// The number of a name that some template reads.
    struct Name: Hashable, Sendable {
        let number: Int32
    }

    /// The parts of a name between dots, at most three; none stands for the innermost value itself.
    struct Path: Sendable {
        var first: Name?
        var second: Name?
        var third: Name?
    }

    /// Something to do. Steps that hold others are followed by them, and end before `end`.
    enum Step: Sendable {
        /// A part of ``text``, as it stands.
        case text(start: Int32, count: Int32)
        case value(Path)
        case section(Path, end: Int32)
        case inverted(Path, end: Int32)
        case template(Int32)
        /// Another template, in which the blocks up to `end` replace its own.
        case parent(Int32, end: Int32)
        case block(Name, end: Int32)
    }

    private(set) var steps: [Step] = []
    /// What stands in the templates as it is, all in one.
    private(set) var text: [UInt8] = []
    /// Where the steps of each template lie.
    private(set) var templates: [Range<Int>] = []
    private var numbers: [String: Int32] = [:]
    private let templateNumbers: [String: Int32]

    /// Why templates make no program.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// - Throws: a ``Fault`` for a template that is not there and for a name with more than three parts.
    init(_ templates: [String: [TemplateNode]]) throws {
        let sorted = templates.sorted { $0.key < $1.key }
        templateNumbers = Dictionary(uniqueKeysWithValues: zip(sorted.map(\.key), 0...))
        for (_, nodes) in sorted {
            let start = steps.count
            try add(nodes)
            self.templates.append(start..<steps.count)
        }
    }

    /// The number of a template; nil for an unknown one.
    func template(_ name: String) -> Int32? { templateNumbers[name] }

    /// The number of a name; nil for one that no template reads.
    func name(_ text: String) -> Name? { numbers[text].map(Name.init) }

    /// How many names the templates read.
    var nameCount: Int { numbers.count }

    // MARK: Making it

    private mutating func add(_ nodes: [TemplateNode]) throws {
        for node in nodes {
            switch node {
            case .text(let bytes):
                steps.append(.text(start: Int32(text.count), count: Int32(bytes.count)))
                text += bytes
            case .value(let name): steps.append(.value(try path(name)))
            case .section(let name, let content):
                let path = try path(name)
                try add(content) { .section(path, end: $0) }
            case .inverted(let name, let content):
                let path = try path(name)
                try add(content) { .inverted(path, end: $0) }
            case .partial(let name): steps.append(.template(try number(ofTemplate: name)))
            case .parent(let name, let blocks):
                let number = try number(ofTemplate: name)
                let content = blocks.sorted { $0.key < $1.key }.map { TemplateNode.block($0.key, $0.value) }
                try add(content) { .parent(number, end: $0) }
            case .block(let name, let content):
                let number = number(of: name)
                try add(content) { .block(number, end: $0) }
            }
        }
    }

    /// Adds a step and those within it.
    private mutating func add(_ content: [TemplateNode], _ step: (_ end: Int32) -> Step) throws {
        let place = steps.count
        steps.append(step(0))
        try add(content)
        steps[place] = step(Int32(steps.count))
    }

    private mutating func path(_ parts: [String]) throws -> Path {
        guard parts.count <= 3 else { throw Fault(description: "\(parts) has more than three parts") }
        let names = parts.map { number(of: $0) }
        return Path(first: names.first, second: names.dropFirst().first, third: names.dropFirst(2).first)
    }

    private mutating func number(of name: String) -> Name {
        if let number = numbers[name] { return Name(number: number) }
        let number = Int32(numbers.count)
        numbers[name] = number
        return Name(number: number)
    }

    private func number(ofTemplate name: String) throws -> Int32 {
        guard let number = templateNumbers[name] else { throw Fault(description: "There is no template \(name)") }
        return number
    }
}
