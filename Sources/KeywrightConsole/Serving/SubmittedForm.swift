import Foundation
import Hummingbird

extension ConsoleCall {
    /// The most bytes of a form.
    static let formLimitInBytes = 64 * 1024

    /// The form that a browser sent from one of our own pages.
    ///
    /// - Parameter address: the address under which people open the pages.
    /// - Throws: the page that says why there is none; ``UnreadBody`` when the connection fails.
    func form(_ proof: FormProof, at address: String) async throws -> FormFields {
        guard proof.isOurs(request, address: address) else { throw ErrorPage.foreignForm }
        guard isForm(request.headers[values: .contentType]) else { throw ErrorPage.formOfAnotherType }
        let bytes = try await body()
        do {
            return try FormFields(bytes)
        } catch {
            throw ErrorPage.unreadableForm
        }
    }

    private func body() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await buffer in request.body {
                guard buffer.readableBytes <= Self.formLimitInBytes - bytes.count else { throw ErrorPage.formTooLarge }
                bytes += buffer.readableBytesView
            }
        } catch let error as ErrorPage {
            throw error
        } catch {
            throw UnreadBody(cause: error)
        }
        return bytes
    }

    private func isForm(_ contentTypes: [String]) -> Bool {
        guard contentTypes.count == 1, let type = contentTypes.first?.split(separator: ";").first else { return false }
        return type.lowercased().filter { $0 != " " && $0 != "\t" } == "application/x-www-form-urlencoded"
    }
}

/// A body that did not come whole: nothing for people to read.
struct UnreadBody: Error {
    let cause: any Error
}

/// What shows that a form comes from our own page.
enum FormProof {
    /// The browser's word: `Sec-Fetch-Site`, or `Origin` where it does not send that (plain HTTP on a network).
    case origin
    /// The one-time token in the form; the browser's word counts only when it speaks against it. Pages that send no
    /// referrer have no origin either.
    case token

    /// - Parameter address: the address under which people open the pages.
    func isOurs(_ request: Request, address: String) -> Bool {
        let sites = request.headers.values("Sec-Fetch-Site")
        switch self {
        case .token: return sites.allSatisfy { $0 == "same-origin" || $0 == "none" }
        case .origin:
            if !sites.isEmpty { return sites.allSatisfy { $0 == "same-origin" } }
            let origins = request.headers[values: .origin]
            guard origins.count == 1, let origin = origins.first, let own = Self.parts(of: address),
                let parts = Self.parts(of: origin)
            else { return false }
            return parts.scheme == own.scheme
                && (parts.authority == own.authority || parts.authority == request.head.authority)
        }
    }

    private static func parts(of address: String) -> (scheme: Substring, authority: String)? {
        guard let mark = address.range(of: "://") else { return nil }
        return (address[..<mark.lowerBound], String(address[mark.upperBound...].prefix { $0 != "/" }))
    }
}
