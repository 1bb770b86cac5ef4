import ArgumentParser
import KeywrightWire

/// The grants and tags of an API key on the command line.
struct KeyGrantOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A role and where it holds, as in organization=1:account=2=developer. Repeatable.", valueName: "nrn=role"),
        transform: { try GrantArgument.parse($0) })
    var grant: [GrantArgument] = []

    @Option(
        help: ArgumentHelp(
            "Single actions and where they hold, as in organization=1=api_key:read,log:read. Repeatable.",
            valueName: "nrn=actions"),
        transform: { try ActionGrantArgument.parse($0) })
    var grantActions: [ActionGrantArgument] = []

    @Option(
        help: ArgumentHelp(
            "Roles, and single actions given (+) or taken away (-) beside them, as in "
                + "organization=1=developer,ops,+api_key:read,-log:read. Repeatable.",
            valueName: "nrn=roles"),
        transform: { try InheritingGrantArgument.parse($0) })
    var grantInherits: [InheritingGrantArgument] = []

    @Option(
        help: ArgumentHelp("A tag, as in team:payments. Repeatable, up to five.", valueName: "key:value"),
        transform: { try TagArgument.parse($0) })
    var tag: [TagRequest] = []

    /// The grants of all three options.
    var grants: [GrantRequest] {
        grant.map(\.request) + grantActions.map(\.request) + grantInherits.map(\.request)
    }
}
