import KeywrightDomain

/// Conditions joined by AND, with their arguments numbered in order.
struct SQLConditions {
    private var texts: [String] = []
    private(set) var arguments: [SQLValue] = []

    init() {}

    /// Conditions for a subquery: its arguments are numbered on from those of the outer one.
    init(continuing outer: SQLConditions) {
        arguments = outer.arguments
    }

    /// Takes over the arguments of a subquery that continued these.
    mutating func take(_ inner: SQLConditions) {
        arguments = inner.arguments
    }

    /// All conditions as one.
    var text: String { texts.joined(separator: " AND ") }

    /// `WHERE …`, or nothing.
    var clause: String { texts.isEmpty ? "" : "WHERE " + texts.joined(separator: " AND ") }

    /// A condition on one value, as `add("slug =", value)`.
    mutating func add(_ comparison: String, _ value: SQLValue) {
        texts.append("\(comparison) \(bind(value))")
    }

    /// A column has one of some values; no condition when they are nil.
    mutating func add(_ column: String, isOneOf values: [SQLValue]?) {
        guard let values else { return }
        if values.isEmpty {
            add("1 = 0")
        } else if values.count == 1 {
            add("\(column) =", values[0])
        } else {
            texts.append("\(column) IN (\(values.map { bind($0) }.joined(separator: ", ")))")
        }
    }

    /// A condition without arguments, or with those that `bind` gave.
    mutating func add(_ text: String) {
        texts.append(text)
    }

    /// The placeholder of a new argument.
    mutating func bind(_ value: SQLValue) -> String {
        arguments.append(value)
        return "$\(arguments.count)"
    }

    /// A row's own NRN columns lie at or beneath one of the places.
    ///
    /// - Parameter other: a column and its value that will do as well.
    mutating func add(within places: [NRN], prefix: String = "", orAny other: (column: String, value: SQLValue)? = nil)
    {
        var alternatives = places.map { place -> String in
            let parts = NRN.Level.allCases.filter { place[$0] != 0 }.map { level in
                "\(prefix)\(level.name)_id = \(bind(.integer(place[level])))"
            }
            return "(" + parts.joined(separator: " AND ") + ")"
        }
        if let other { alternatives.append("\(other.column) = \(bind(other.value))") }
        add(alternatives.isEmpty ? "1 = 0" : "(" + alternatives.joined(separator: " OR ") + ")")
    }

    /// A row's own NRN columns are exactly one of the places.
    mutating func add(at places: [NRN]) {
        let alternatives = places.map { place -> String in
            let parts = NRN.Level.allCases.map { "\($0.name)_id = \(bind(.integer(place[$0])))" }
            return "(" + parts.joined(separator: " AND ") + ")"
        }
        add(alternatives.isEmpty ? "1 = 0" : "(" + alternatives.joined(separator: " OR ") + ")")
    }

    /// `LIMIT … OFFSET …` for a page.
    func limit(_ page: PageRequest) -> String { "LIMIT \(page.limit) OFFSET \(page.offset)" }
}
