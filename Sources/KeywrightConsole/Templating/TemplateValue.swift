import Synchronization

/// What a template reads: the model of a page, taken apart.
enum TemplateValue {
    case text(String)
    case flag(Bool)
    case list(TemplateList)
    case object(TemplateObject)
    /// A part of a page that was filled in before.
    case part([UInt8])
}

/// The items of a list of a model.
final class TemplateList {
    var items: [TemplateValue] = []
}

/// The members of a model. Those that are nil are absent.
final class TemplateObject {
    private var shape: TemplateShape
    private var values: [TemplateValue?] = []

    init(_ shape: TemplateShape) {
        self.shape = shape
        values.reserveCapacity(shape.names.count)
    }

    /// The member with that name; nil when it is absent.
    subscript(name: TemplateProgram.Name) -> TemplateValue? {
        let place = shape.place(of: name)
        return place < values.count ? values[place] : nil
    }

    /// Adds the next member. As a rule it is the one that came next the last time.
    func add(_ name: String, _ value: TemplateValue?, _ shapes: inout TemplateShapes.Known) {
        if values.count < shape.names.count, shape.names[values.count] == name {
            values.append(value)
        } else {
            addUnexpected(name, value, &shapes)
        }
    }

    private func addUnexpected(_ name: String, _ value: TemplateValue?, _ shapes: inout TemplateShapes.Known) {
        if !shape.names.contains(name) { shape = shapes.add(name, to: shape) }
        guard let place = shape.names.firstIndex(of: name) else { return }
        while values.count <= place { values.append(nil) }
        values[place] = value
    }
}

/// The members that models of one type have, in their order, and where to find them by the numbers of their names.
final class TemplateShape: Sendable {
    let type: ObjectIdentifier
    let names: [String]
    /// By the number of a name; `Int.max` for what the models do not have.
    private let places: [Int]

    init(_ type: ObjectIdentifier, _ names: [String], in program: TemplateProgram) {
        self.type = type
        self.names = names
        var places = [Int](repeating: .max, count: program.nameCount)
        for (place, name) in names.enumerated() {
            if let name = program.name(name) { places[Int(name.number)] = place }
        }
        self.places = places
    }

    func place(of name: TemplateProgram.Name) -> Int { places[Int(name.number)] }
}

/// The shapes of all types of models that were met so far. Models have no dictionaries, whose keys would be kept here.
final class TemplateShapes: Sendable {
    private let program: TemplateProgram
    private let shapes: Mutex<[ObjectIdentifier: TemplateShape]> = Mutex([:])

    init(_ program: TemplateProgram) {
        self.program = program
    }

    /// Those that were known when a page began.
    struct Known {
        fileprivate let all: TemplateShapes
        fileprivate var shapes: [ObjectIdentifier: TemplateShape]

        /// The shape of a type, without names when it is met for the first time.
        func of(_ type: Any.Type) -> TemplateShape {
            let id = ObjectIdentifier(type)
            return shapes[id] ?? TemplateShape(id, [], in: all.program)
        }

        /// A shape with one name more, for all who come.
        mutating func add(_ name: String, to shape: TemplateShape) -> TemplateShape {
            let new = TemplateShape(shape.type, shape.names + [name], in: all.program)
            shapes[shape.type] = new
            all.shapes.withLock { shapes in
                if shapes[shape.type]?.names.count ?? 0 < new.names.count { shapes[shape.type] = new }
            }
            return new
        }
    }

    var known: Known { Known(all: self, shapes: shapes.withLock { $0 }) }
}
