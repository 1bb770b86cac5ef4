import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// The signed-in person whose browser asks.
struct Visitor: Sendable {
    let signedIn: SignedIn
    /// The name of their organization.
    let organizationName: String
    /// Until the session ends without a further request.
    let secondsLeft: Int64

    var principal: Principal { signedIn.principal }
    var organization: NRN { NRN(signedIn.user.organizationID) }
    /// What every form of theirs carries.
    var csrf: String { signedIn.formToken }
}

extension User {
    /// One or two letters for the picture.
    var initials: String {
        let words = displayName.text.split(whereSeparator: { !$0.isLetter && !$0.isNumber })
        return words.prefix(firstName.isEmpty && lastName.isEmpty ? 1 : 2).compactMap(\.first).map { $0.uppercased() }
            .joined()
    }
}

extension Console {
    /// Whether a request comes from somebody who is signed in.
    enum Visit: Sendable {
        case signedIn(Visitor)
        /// With what to tell them, if anything.
        case signedOut(notice: String?)
    }

    /// Looks the session of a request up.
    ///
    /// - Parameter countsAsUse: whether the request keeps the session alive.
    func visit(_ call: ConsoleCall, countsAsUse: Bool = true) async throws -> Visit {
        guard let value = call.cookie(cookies.session) else { return .signedOut(notice: nil) }
        switch try await operations.session(Secret(value), from: call.origin, countsAsUse: countsAsUse) {
        case .signedIn(let signedIn):
            let left = signedIn.endsAt.duration(since: operations.now()).components.seconds
            return .signedIn(
                Visitor(signedIn: signedIn, organizationName: signedIn.organizationName, secondsLeft: left)
            )
        case .ended(let end): return .signedOut(notice: end.message)
        }
    }

    /// An answer to a signed-in person: what was said once is not said again.
    func finish(_ response: Response, _ call: ConsoleCall) -> Response {
        guard response.status != .seeOther, !call.wantsJSON, call.cookie(ConsoleCookies.flash) != nil else {
            return response
        }
        var response = response
        response.setCookie(cookies.removed(ConsoleCookies.flash))
        return response
    }

    /// Leads on after a change; the next page says what was done.
    func redirect(to path: String, saying text: String, changed id: String? = nil) -> Response {
        var response = pages.redirect(to: path)
        response.setCookie(
            cookies.make(ConsoleCookies.flash, Flash(text, changedID: id).cookieValue, ageInSeconds: 60)
        )
        return response
    }
}
