import Hummingbird

/// The fields of a form as a browser sends it (`application/x-www-form-urlencoded`), read strictly.
struct FormFields: Sendable {
    /// Why bytes are not a form.
    enum Fault: Error, CaseIterable {
        case tooManyFields
        case badName
        case repeatedField
        case badEncoding
    }

    static let fieldLimit = 20
    private static let nameLimit = 40

    private var values: [String: String] = [:]

    /// Reads `name=value&name=value`.
    ///
    /// - Throws: a ``Fault`` for more than 20 fields, a name that is not 1 to 40 of `a-z 0-9 _`, a field without `=`, a
    ///   repeated field, a `%` without two hexadecimal digits, a value that is not UTF-8 or holds a NUL.
    init(_ bytes: some Collection<UInt8>) throws(Fault) {
        guard !bytes.isEmpty else { return }
        let parts = bytes.split(
            separator: UInt8(ascii: "&"), maxSplits: Self.fieldLimit, omittingEmptySubsequences: false
        )
        guard parts.count <= Self.fieldLimit else { throw .tooManyFields }
        for part in parts {
            guard let separator = part.firstIndex(of: UInt8(ascii: "=")) else { throw .badName }
            let name = part[..<separator]
            guard (1...Self.nameLimit).contains(name.count), name.allSatisfy(Self.isNameByte) else { throw .badName }
            let decoded = try Self.decode(part[part.index(after: separator)...])
            let key = String(decoding: name, as: UTF8.self)
            guard values.updateValue(decoded, forKey: key) == nil else { throw .repeatedField }
        }
    }

    /// The value of a field; empty when it was not sent.
    subscript(_ name: String) -> String { values[name] ?? "" }

    /// Whether a field was sent.
    func contains(_ name: String) -> Bool { values[name] != nil }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static func decode(_ bytes: some Collection<UInt8>) throws(Fault) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal)
                else { throw .badEncoding }
                decoded.append(high << 4 | low)
            default: decoded.append(byte)
            }
        }
        guard !decoded.contains(0), let text = String(validating: decoded, as: UTF8.self) else { throw .badEncoding }
        return text
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}

/// The most bytes of a form.
let formLimitInBytes = 16 * 1024

/// The form that a browser sent from one of our own pages.
///
/// - Returns: the fields, or the page that says why there are none.
/// - Throws: what goes wrong with the connection.
func submittedForm(in request: Request) async throws -> Result<FormFields, ErrorPage> {
    // Browsers say who sent a form, on origins that they trust. Behind our own page it is nobody else.
    guard request.headers.values("Sec-Fetch-Site").allSatisfy({ ["same-origin", "none"].contains($0) }) else {
        return .failure(.foreignForm)
    }
    guard isForm(request.headers[values: .contentType]) else { return .failure(.formOfAnotherType) }
    var bytes: [UInt8] = []
    for try await buffer in request.body {
        guard buffer.readableBytes <= formLimitInBytes - bytes.count else { return .failure(.formTooLarge) }
        bytes += buffer.readableBytesView
    }
    do {
        return .success(try FormFields(bytes))
    } catch {
        return .failure(.unreadableForm)
    }
}

private func isForm(_ contentTypes: [String]) -> Bool {
    guard contentTypes.count == 1, let type = contentTypes.first?.split(separator: ";").first else { return false }
    return type.lowercased().filter { $0 != " " && $0 != "\t" } == "application/x-www-form-urlencoded"
}
