import ArgumentParser
import struct KeywrightDomain.Role

/// What a shell offers where a role is wanted.
enum RoleCompletion {
    /// The slugs of the built-in roles, without the older level-prefixed ones.
    static let slugs = CompletionKind.list(
        Role.builtIn.map(\.slug).filter { slug in
            !["organization:", "account:", "namespace:", "application:"].contains { slug.hasPrefix($0) }
        }
    )
}
