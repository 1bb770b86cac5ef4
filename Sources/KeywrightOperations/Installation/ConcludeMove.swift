import KeywrightDomain
public import KeywrightStore

extension Operations {
    /// The last step of a move to another database: checks the audit trail there, and begins a new history of the change
    /// log, so that whoever followed the old one forgets what it remembers.
    ///
    /// - Parameter progress: called with the number of events checked so far.
    /// - Throws: `DomainError` `.conflict` when the trail is broken.
    public static func concludeMove(
        in transaction: any WriteTransaction, random: RandomSource, progress: (Int) -> Void = { _ in }
    ) throws {
        let broken = try verifyAuditTrail(in: transaction, progress: progress).first { !$0.isIntact }
        if let broken {
            let place = broken.firstBroken.map { "at event \($0)" } ?? "at its end"
            throw DomainError(
                .conflict,
                """
                The audit trail of organization \(broken.organizationID) is broken \(place). Nothing was moved: see \
                keywright audit verify.
                """
            )
        }
        try ChangeCursor.beginHistory(random, in: transaction)
    }
}
