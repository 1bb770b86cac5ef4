#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Turns the types of this module into JSON and back.
public enum WireJSON {
    /// Compact JSON with plain slashes and members in the order in which their type writes them, so that the same value
    /// always gives the same bytes.
    ///
    /// Published shell clients cut values out with patterns such as `"access_token":"[^"]*"`, so no blank may follow a
    /// colon. The type must not contain a `Dictionary`, whose order changes from run to run.
    ///
    /// - Throws: `EncodingError` for a number that is not finite; the types of this module hold none from the wire.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let stream = JSONStream()
        try stream.write(value, at: 0)
        return stream.text.bytes
    }

    /// Reads an answer of the server. Requests go through ``StrictJSON`` and ``WireRequest`` instead.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: some Collection<UInt8>
    ) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}
