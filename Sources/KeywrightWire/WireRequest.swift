/// The body of a request: read strictly by the server, written by clients.
public protocol WireRequest: Sendable, Equatable, Encodable {
    /// Reads the members; nil when one is wrong, which the reader then knows.
    init?(_ reader: inout FieldReader)
}

extension WireRequest {
    /// Reads a body that is one object.
    ///
    /// - Parameter checks: rules for values, applied while reading.
    /// - Throws: ``WireErrors`` with every wrong field.
    public static func decode(_ json: JSONValue, checks: ValueChecks = .none) throws(WireErrors) -> Self {
        try decode(json, as: .object(Self.init), checks)
    }

    /// Reads a body that is an array of objects; pointers start with the position, as in `/0/nrn`.
    ///
    /// - Throws: ``WireErrors`` with every wrong field.
    public static func decodeList(_ json: JSONValue, checks: ValueChecks = .none) throws(WireErrors) -> [Self] {
        try decode(json, as: .array(of: .object(Self.init)), checks)
    }

    private static func decode<Value>(
        _ json: JSONValue, as shape: FieldShape<Value>, _ checks: ValueChecks
    ) throws(WireErrors) -> Value {
        var reader = FieldReader(.object(JSONObject([])), checks: checks)
        let value = shape.read(json, FieldPlace(parent: "", token: nil), &reader)
        guard reader.errors.isEmpty, let value else { throw WireErrors(reader.errors) }
        return value
    }
}
