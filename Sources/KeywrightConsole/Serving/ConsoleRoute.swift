import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// One method on one path of the console.
///
/// Pages deny by default: a handler that is not declared `open` gets a signed-in person or is never called.
struct ConsoleRoute: Sendable {
    /// Who may call it.
    enum Access: Sendable {
        /// Anyone.
        case open
        /// Whoever is signed in.
        case signedIn
    }

    let method: HTTPRequest.Method
    /// The path with its parameters, as in `/settings/api-keys/{id}`.
    let path: String
    let access: Access
    /// Whether its address holds a one-time token, which no other page or server may be told.
    var hidesAddress = false
    let handle: @Sendable (ConsoleCall) async throws -> Response
}
