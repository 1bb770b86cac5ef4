public import KeywrightDomain
import KeywrightStore

/// What somebody had typed when their session ended.
public struct KeptForm: Sendable, Equatable {
    /// The path of the form.
    public let path: String
    /// The fields, as they were given to be kept.
    public let fields: String
}

extension Operations {
    /// Keeps what somebody sent from a session that had just ended for want of use, for 15 minutes.
    ///
    /// - Parameters:
    ///   - id: the form's own random id, 1 to 64 letters, digits or dashes.
    ///   - fields: the form's content without any secret, at most 64 KiB.
    ///   - value: the session's value; one that was never a session, or was ended on purpose, keeps nothing.
    /// - Returns: whether it was kept.
    public func keepForm(id: String, path: String, fields: String, sessionValue value: Secret) async throws -> Bool {
        guard Self.isFormID(id), path.utf8.count <= 2_048, fields.utf8.count <= FormDraft.limit else { return false }
        let (time, digest) = (now(), sessionKeys.digest(ofValue: value))
        return try await store.write(.digest(Array(id.utf8))) { transaction in
            guard let session = try transaction.session(digest: digest), !session.isLive(at: time),
                time.duration(since: session.endsAt) < Session.afterlife,
                let user = try transaction.person(session.userID), user.status == .active
            else { return false }
            if let known = try transaction.formDraft(id), known.userID != user.id { return false }
            try transaction.insert(
                FormDraft(
                    id: id, userID: user.id, path: path, fields: fields,
                    expiresAt: time.advanced(by: FormDraft.lifetime)
                )
            )
            return true
        }
    }

    /// Gives back what a person had typed, once; nil for anybody else, and when it is too late.
    public func takeForm(id: String, as principal: Principal) async throws -> KeptForm? {
        guard Self.isFormID(id) else { return nil }
        let time = now()
        return try await store.write(.digest(Array(id.utf8))) { transaction in
            guard let draft = try transaction.formDraft(id), draft.userID == principal.userID else { return nil }
            _ = try transaction.deleteFormDraft(id)
            return draft.expiresAt > time ? KeptForm(path: draft.path, fields: draft.fields) : nil
        }
    }

    private static func isFormID(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
            }
    }
}
