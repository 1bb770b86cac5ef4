import Hummingbird

@testable import KeywrightMiddleware

/// What the guarded handlers know.
struct GuardedContext: KeywrightRequestContext {
    var coreContext: CoreRequestContextStorage
    var verifiedKey: VerifiedKey?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }
}
