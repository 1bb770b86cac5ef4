/// The bytes of a JSON text as it is written, and the objects and arrays that are still open in it.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var open: [OpenContainer] = []

    struct OpenContainer {
        let isObject: Bool
        var isEmpty = true
    }

    init() {
        bytes.reserveCapacity(1_024)
        open.reserveCapacity(8)
    }

    /// How many objects and arrays are open.
    var depth: Int { open.count }

    /// Whether nothing was written for a value that began at a length of ``bytes``.
    func isUnchanged(since length: Int) -> Bool { bytes.count == length }

    // MARK: Structure

    /// Opens an object or array as the value to write at a depth, or goes on with the one that is open there.
    mutating func begin(isObject: Bool, at depth: Int) {
        if open.count > depth, open[depth].isObject == isObject {
            close(to: depth + 1)
            return
        }
        close(to: depth)
        bytes.append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
        open.append(OpenContainer(isObject: isObject))
    }

    /// Closes what was opened beyond a depth.
    mutating func close(to depth: Int) {
        while open.count > depth, let last = open.popLast() {
            bytes.append(last.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        }
    }

    /// Writes what stands before an element of the container at a depth.
    mutating func element(at depth: Int) {
        close(to: depth)
        guard depth > 0, open.count == depth else { return }
        if !open[depth - 1].isEmpty { bytes.append(UInt8(ascii: ",")) }
        open[depth - 1].isEmpty = false
    }

    /// Writes what stands before the value of a member of the object at a depth.
    mutating func member(_ name: String, at depth: Int) {
        element(at: depth)
        write(name)
        bytes.append(UInt8(ascii: ":"))
    }

    // MARK: Values

    mutating func write(literal text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ bool: Bool) {
        write(literal: bool ? "true" : "false")
    }

    mutating func write(_ integer: some BinaryInteger) {
        write(digits: String(integer))
    }

    /// Writes a finite number in the fewest digits that mean it.
    mutating func write(_ number: Double) {
        write(digits: number.description)
    }

    private mutating func write(digits text: String) {
        for byte in text.utf8 { bytes.append(byte) }
    }

    mutating func write(_ text: String) {
        bytes.appendJSON(text)
    }
}

extension [UInt8] {
    /// Adds a JSON string, as every answer writes it: control characters, quotation marks and backslashes escaped.
    public mutating func appendJSON(_ text: String) {
        append(UInt8(ascii: "\""))
        let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { appendEscaped($0) }
        if isWritten == nil { Array(text.utf8).withUnsafeBufferPointer { appendEscaped($0) } }
        append(UInt8(ascii: "\""))
    }

    /// Adds a JSON number.
    public mutating func appendJSON(_ number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        let digits = number.magnitude
        var unit: UInt64 = 1
        while digits / unit >= 10 { unit *= 10 }
        while unit > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digits / unit % 10))
            unit /= 10
        }
    }

    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in text.indices {
            let byte = text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
            start = index + 1
            append(UInt8(ascii: "\\"))
            switch byte {
            case 0x08: append(UInt8(ascii: "b"))
            case 0x09: append(UInt8(ascii: "t"))
            case 0x0A: append(UInt8(ascii: "n"))
            case 0x0C: append(UInt8(ascii: "f"))
            case 0x0D: append(UInt8(ascii: "r"))
            case 0..<0x20:
                append(contentsOf: "u00".utf8)
                append(UInt8(ascii: "0") + byte >> 4)
                append(byte & 15 < 10 ? UInt8(ascii: "0") + byte & 15 : UInt8(ascii: "a") + byte & 15 - 10)
            default: append(byte)
            }
        }
        append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<text.count]))
    }
}
