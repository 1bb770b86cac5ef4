import Testing

@Suite("The repository")
struct RepositoryTests {
    @Test("this repository keeps every rule", arguments: Rule.allCases)
    func keeps(_ rule: Rule) {
        let violations = rule.violations(in: .current)
        #expect(violations.isEmpty, "\(violations.map { "\n\($0)" }.joined())")
    }

    @Test("the rules look at this repository")
    func findsItself() {
        let repository = Repository.current
        #expect(repository.exists("Package.swift"))
        #expect(repository.files(named: ".swift").contains("Tests/RepositoryTests/Rule.swift"))
        #expect(!repository.files(below: "Sources", named: ".swift").isEmpty)
    }

    @Test("an empty repository breaks no rule", arguments: Rule.allCases)
    func acceptsNothing(_ rule: Rule) throws {
        try Planted.withRepository(of: [:]) { repository in
            #expect(rule.violations(in: repository).isEmpty)
        }
    }
}
