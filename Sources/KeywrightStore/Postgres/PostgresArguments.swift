import CLibPQ

/// A value of a statement, or many of one kind as an array.
enum PostgresArgument {
    case value(SQLValue)
    case integers([Int64])
    case texts([String])
    case blobs([[UInt8]])
}

/// The arguments of a statement in the form in which libpq takes them: one buffer, and where each begins.
struct PostgresArguments: Hashable {
    private var storage: [UInt8] = []
    /// Where each argument begins; nil for NULL.
    private var starts: [Int?] = []
    private var lengths: [CInt] = []
    private var formats: [CInt] = []

    var count: Int { starts.count }

    private static let (asText, asBinary): (CInt, CInt) = (0, 1)

    /// - Throws: `DomainError` `.invalid` for a text with a NUL, which this engine cannot hold.
    init(_ arguments: [PostgresArgument]) throws {
        starts.reserveCapacity(arguments.count)
        for argument in arguments {
            let start = storage.count
            switch argument {
            case .value(.null):
                starts.append(nil)
                lengths.append(0)
                formats.append(Self.asText)
                continue
            case .value(.integer(let number)): appendText(String(number))
            case .value(.text(let text)):
                try SQLText.check(text)
                appendText(text)
            case .value(.bytes(let bytes)): appendBinary(bytes)
            case .integers(let numbers):
                appendBinary(
                    Self.array(numbers, of: 20) { number in withUnsafeBytes(of: number.bigEndian) { Array($0) } })
            case .texts(let texts):
                for text in texts { try SQLText.check(text) }
                appendBinary(Self.array(texts, of: 25) { Array($0.utf8) })
            case .blobs(let blobs): appendBinary(Self.array(blobs, of: 17) { $0 })
            }
            starts.append(start)
        }
    }

    private mutating func appendText(_ text: String) {
        lengths.append(CInt(text.utf8.count))
        formats.append(Self.asText)
        storage.append(contentsOf: text.utf8)
        storage.append(0)
    }

    private mutating func appendBinary(_ bytes: [UInt8]) {
        lengths.append(CInt(bytes.count))
        formats.append(Self.asBinary)
        storage.append(contentsOf: bytes)
        // An empty argument has a place of its own too.
        storage.append(0)
    }

    /// An array of one dimension in the server's own form.
    private static func array<Element>(
        _ elements: [Element], of type: Int32, _ encode: (Element) -> [UInt8]
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ number: Int32) { withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) } }
        append(elements.isEmpty ? 0 : 1)
        append(0)
        append(type)
        if elements.isEmpty { return bytes }
        append(Int32(elements.count))
        append(1)
        for element in elements {
            let encoded = encode(element)
            append(Int32(encoded.count))
            bytes.append(contentsOf: encoded)
        }
        return bytes
    }

    /// Calls a function with libpq's four parameters.
    func withPointers<Value>(
        _ body: (
            _ count: CInt, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<CInt>?,
            _ formats: UnsafePointer<CInt>?
        ) -> Value
    ) -> Value {
        storage.withUnsafeBytes { buffer in
            let base = buffer.baseAddress
            let values = starts.map { start -> UnsafePointer<CChar>? in
                guard let start, let base else { return nil }
                return (base + start).assumingMemoryBound(to: CChar.self)
            }
            return values.withUnsafeBufferPointer { values in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body(CInt(starts.count), values.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }
}
