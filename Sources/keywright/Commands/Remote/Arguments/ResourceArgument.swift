import ArgumentParser
import KeywrightWire

/// The kinds of resource that a command lists.
enum ListedLevel: String, CaseIterable, ExpressibleByArgument {
    case organization
    case account
    case namespace
    case application
    case scope

    var entity: ResourceEntity {
        switch self {
        case .organization: .organization
        case .account: .account
        case .namespace: .namespace
        case .application: .application
        case .scope: .scope
        }
    }
}

/// The kinds of resource that a command creates and deletes; organizations are made on the server itself.
enum ManagedLevel: String, CaseIterable, ExpressibleByArgument {
    case account
    case namespace
    case application
    case scope

    var entity: ResourceEntity {
        switch self {
        case .account: .account
        case .namespace: .namespace
        case .application: .application
        case .scope: .scope
        }
    }
}
