import Testing

/// What every commit of this repository keeps.
enum Rule: String, CaseIterable, CustomTestStringConvertible {
    case imports = "modules import only what the table of layers allows"
    case sharedNames = "no two files of a target share a name"
    case longFiles = "no Swift file is longer than 400 lines"
    case traps = "no source can end the process on an input"
    case unfinishedWords = "nothing is marked as unfinished"
    case machinePaths = "no file names a path of one machine"
    case unescapedTemplates = "the console's templates escape every value"
    case decisionRecords = "every decision record has its four parts"
    case brokenLinks = "relative links lead to files"

    func violations(in repository: Repository) -> [Violation] {
        switch self {
        case .imports: ImportRules.violations(in: repository)
        case .sharedNames: SourceRules.sharedNames(in: repository)
        case .longFiles: SourceRules.longFiles(in: repository)
        case .traps: SourceRules.traps(in: repository)
        case .unfinishedWords: TextRules.unfinishedWords(in: repository)
        case .machinePaths: TextRules.machinePaths(in: repository)
        case .unescapedTemplates: TextRules.unescapedTemplates(in: repository)
        case .decisionRecords: DocumentRules.decisionRecords(in: repository)
        case .brokenLinks: DocumentRules.brokenLinks(in: repository)
        }
    }

    var testDescription: String { rawValue }
}
