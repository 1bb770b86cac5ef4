import KeywrightDomain

/// Gathers what is wrong with an input, so that all of it is said at once.
struct Violations {
    private(set) var all: [Violation] = []

    /// Runs a check; nil when it failed.
    mutating func collect<Value>(_ check: () throws(DomainError) -> Value) throws(DomainError) -> Value? {
        do {
            return try check()
        } catch {
            guard error.code == .invalid else { throw error }
            all += error.violations
            return nil
        }
    }

    mutating func add(_ pointer: String, _ message: String) {
        all.append(Violation(pointer, message))
    }

    mutating func add(_ violations: [Violation]) {
        all += violations
    }

    /// - Throws: `.invalid` with everything gathered, unless that is nothing.
    func check() throws(DomainError) {
        if !all.isEmpty { throw DomainError(violations: all) }
    }
}
