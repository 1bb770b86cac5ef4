import KeywrightClient
import KeywrightDomain
import KeywrightWire
import Logging

extension KeywrightVerifier {
    /// How long the server may hold back an answer while nothing changes, in seconds: well within the tolerance, since
    /// what is remembered counts only as long as answers come.
    private static let feedWait = 1
    /// The time between two askings after a failure, or for keys.
    private static let pause: Duration = .milliseconds(250)

    /// Follows the change feed, and fetches the server's signing keys whenever they are wished for, until cancelled.
    func follow() async {
        tokens.wishForKeys()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.followChanges() }
            group.addTask { await self.followKeys() }
        }
    }

    private func followChanges() async {
        var cursor: String?
        // The first answer, and the one after news, is wanted at once.
        var wait = 0
        var hasFailed = false
        while !Task.isCancelled {
            do {
                let (next, hadNews) = try await hearChanges(after: cursor, waiting: wait)
                cursor = next
                wait = hadNews ? 0 : Self.feedWait
                if hasFailed { logger.notice("Keywright's change feed is heard again.") }
                hasFailed = false
            } catch {
                if Task.isCancelled { return }
                if !hasFailed {
                    logger.warning(
                        "Keywright's change feed is not heard; every check asks the server.",
                        metadata: ["reason": "\(error)"]
                    )
                }
                hasFailed = true
                wait = 0
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// Asks for what changed since a cursor, and forgets it.
    ///
    /// - Returns: the next cursor, and whether there was any news.
    private func hearChanges(after cursor: String?, waiting wait: Int) async throws -> (String, Bool) {
        let askedAt = clock.elapsed()
        let response = try await client.changes(after: cursor, waiting: wait)
        let news = FeedNews(response)
        if news.isReset || news.hasNewSigningKeys { tokens.forgetKeys() }
        let hasNews = !news.isNothing || response.hasMore
        // Without news the server has waited as long as it was asked to: nothing had changed when that was over. With
        // news, nobody knows how long the answer took to come.
        let waited = Duration.seconds(wait)
        let isWholeWait = !hasNews && clock.elapsed() - askedAt >= waited
        memory.apply(news, heardUntil: response.hasMore ? nil : askedAt + (isWholeWait ? waited : .zero))
        return (response.cursor, hasNews)
    }

    /// Fetches the server's signing keys and the name under which it signs.
    private func fetchKeys() async throws {
        let generation = tokens.generation
        let issuer = try await client.serverMetadata().issuer
        let keys = try WireJSON.encode(try await client.signingKeys())
        try await tokens.setKeys(issuer: issuer, json: keys, generation: generation)
    }

    private func followKeys() async {
        for await _ in tokens.wishes {
            do {
                try await fetchKeys()
            } catch {
                if Task.isCancelled { return }
                logger.warning("Keywright's signing keys cannot be had.", metadata: ["reason": "\(error)"])
                tokens.wishForKeys()
            }
            try? await Task.sleep(for: Self.pause)
        }
    }
}
