import Hummingbird
import KeywrightDomain

/// What went wrong, as a page.
struct ErrorPage: Error {
    let status: HTTPResponse.Status
    let heading: String
    /// What it means and what to do, a paragraph each.
    let paragraphs: [String]
    /// Ways on.
    var links: [Link] = []
    /// By which the operator finds it in the log; nil where there is nothing to find.
    var requestID: String?
    /// The part of the console that was asked for.
    var section: PageFrame.Section?

    /// A way on from an error, as `error.mustache` describes it.
    struct Link: Encodable {
        let linkPath: String
        let linkLabel: String
        var linkClass = ""
    }

    /// A link that is unknown, used or expired, or no longer needed: all get the same answer.
    static let noSetupLink = ErrorPage(
        status: .notFound, heading: "This link does not work",
        paragraphs: [
            "A set-up link works once, for 15 minutes, and only until somebody has set up Keywright.",
            "If you sent the form twice, the first time counted: Keywright is set up, and its answer showed the key.",
            "Otherwise start the server again: it prints a new link while there is no administrator.",
        ]
    )

    static let foreignForm = ErrorPage(
        status: .forbidden, heading: "This form came from elsewhere",
        paragraphs: [
            "It was not sent from this page, or the page is older than your session. Nothing was changed.",
            "Open the page again and send the form from there.",
        ]
    )

    static func apiKeysHidden(requestID: String?) -> ErrorPage {
        ErrorPage(
            status: .forbidden, heading: "You can't see API keys here",
            paragraphs: [
                "You need a role that allows reading API keys in this organization. Ask an administrator."
            ], requestID: requestID, section: .apiKeys
        )
    }

    static let noSuchPage = ErrorPage(
        status: .notFound, heading: "There is no such page",
        paragraphs: ["The address may be mistyped, or what was here is gone."]
    )

    /// For a thing that does not exist, was deleted, or belongs to another organization: all get the same answer.
    static func noSuch(_ what: String, in section: PageFrame.Section) -> ErrorPage {
        ErrorPage(
            status: .notFound, heading: "There is no such \(what)",
            paragraphs: ["It may have been deleted, or the address may be mistyped."],
            links: [Link(linkPath: section.address, linkLabel: "Go to \(section.rawValue)", linkClass: "primary")],
            section: section
        )
    }

    static let unreadableAddress = ErrorPage(
        status: .badRequest, heading: "This address cannot be read",
        paragraphs: ["What stands after the question mark is not written as a browser writes it."]
    )

    static let unreadableForm = unreadable(.badRequest, "The form is not written as a browser writes it.")
    static let formTooLarge = unreadable(.contentTooLarge, "The form is larger than any that belongs here.")
    static let formOfAnotherType = unreadable(
        .unsupportedMediaType, "A form is sent as application/x-www-form-urlencoded."
    )

    static let methodNotAllowed = ErrorPage(
        status: .methodNotAllowed, heading: "This page cannot do that",
        paragraphs: ["It can be opened, and its form can be sent."]
    )

    /// - Parameter retry: the address of the page that failed; nil for a form, which may have changed something.
    static func internalFailure(requestID: String?, retry: String?) -> ErrorPage {
        ErrorPage(
            status: .internalServerError, heading: "Something went wrong on our side",
            paragraphs: [
                retry == nil ? "Look whether your change was made before you try again." : "Nothing was changed.",
                "If it happens again, tell whoever runs the server: its log says more under the number below.",
            ], links: retry.map { [Link(linkPath: $0, linkLabel: "Try again", linkClass: "primary")] } ?? [],
            requestID: requestID
        )
    }

    private static func unreadable(_ status: HTTPResponse.Status, _ reason: String) -> ErrorPage {
        ErrorPage(
            status: status, heading: "The form could not be read",
            paragraphs: [reason, "Nothing was changed. Open the page again and send the form from there."]
        )
    }
}

extension ErrorPage {
    /// The page for a refusal.
    init(_ error: DomainError, requestID: String?) {
        let (status, heading): (HTTPResponse.Status, String) =
            switch error.code {
            case .invalid: (.badRequest, "That is not valid")
            case .unauthenticated: (.unauthorized, "Sign in first")
            case .forbidden: (.forbidden, "You may not do that")
            case .notFound: (.notFound, "There is no such page")
            case .conflict: (.conflict, "That is not possible now")
            case .versionMismatch: (.preconditionFailed, "It was changed since")
            case .unprocessable: (.unprocessableContent, "That is not valid")
            case .rateLimited: (.tooManyRequests, "Too many attempts")
            case .unavailable: (.serviceUnavailable, "Keywright cannot answer now")
            case .storageFull: (.init(code: 507), "There is no space left on the server")
            }
        let isOurs = status.kind == .serverError
        self.init(
            status: status, heading: heading, paragraphs: [error.detail], requestID: isOurs ? requestID : nil
        )
    }
}

/// An error page as `error.mustache` describes it.
struct ErrorModel: Encodable {
    let heading: String
    let paragraphs: [String]
    let links: [ErrorPage.Link]
    let hasLinks: Bool
    let requestID: String?

    init(_ page: ErrorPage) {
        heading = page.heading
        paragraphs = page.paragraphs
        links = page.links
        hasLinks = !page.links.isEmpty
        requestID = page.requestID
    }
}
