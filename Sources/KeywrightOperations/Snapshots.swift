import KeywrightDomain

// What the audit trail keeps of a thing's state. Never a secret or a digest.

extension AuditEvent.Snapshot {
    static func texts(_ items: [some CustomStringConvertible]) -> AuditEvent.Snapshot {
        .list(items.map { .text($0.description) })
    }

    static func time(_ time: Instant?) -> AuditEvent.Snapshot {
        time.map { .number($0.milliseconds) } ?? .none
    }

    static func text(_ text: String?) -> AuditEvent.Snapshot {
        text.map { .text($0) } ?? .none
    }
}

extension Grant {
    var snapshot: AuditEvent.Snapshot {
        var members: [AuditEvent.Snapshot.Member] = [
            .init("nrn", .text(nrn.description)), .init("role_slug", .text(roleSlug)),
        ]
        if let actions = custom?.actions {
            members.append(.init("actions", .texts(actions)))
        } else if let custom {
            members.append(.init("inherits", .texts(custom.inherits)))
            members.append(.init("added", .texts(custom.added)))
            members.append(.init("removed", .texts(custom.removed)))
        }
        return .members(members)
    }
}

extension APIKey {
    var snapshot: AuditEvent.Snapshot {
        .members([
            .init("name", .text(name)),
            .init("handle", .text(handle)),
            .init("grants", .list(grants.map(\.snapshot))),
            .init("tags", .texts(tags.map { "\($0.key):\($0.value)" })),
            .init("enabled", .flag(isEnabled)),
            .init("expires_at", .time(expiresAt)),
        ])
    }
}

extension Role {
    var snapshot: AuditEvent.Snapshot {
        let assignable: AuditEvent.Snapshot =
            switch self.assignable {
            case .all: .text("all")
            case .roles(let ids): .texts(ids)
            }
        return .members([
            .init("slug", .text(slug)),
            .init("name", .text(name)),
            .init("description", .text(description)),
            .init("level", .text(level?.name)),
            .init("user_type", .text(userType?.rawValue)),
            .init("actions", .texts(actions.named)),
            .init("inherits", .texts(inherits)),
            .init("can_assign_roles", assignable),
        ])
    }
}

extension User {
    var snapshot: AuditEvent.Snapshot {
        .members([
            .init("email", .text(email)),
            .init("first_name", .text(firstName)),
            .init("last_name", .text(lastName)),
            .init("status", .text(status.rawValue)),
        ])
    }
}

extension Resource {
    var snapshot: AuditEvent.Snapshot {
        .members([
            .init("nrn", .text(nrn.description)),
            .init("name", .text(name)),
            .init("slug", .text(slug)),
            .init("status", .text(status.rawValue)),
        ])
    }
}
