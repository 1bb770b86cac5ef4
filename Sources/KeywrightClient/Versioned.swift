/// A thing together with the version that the server had of it.
public struct Versioned<Value: Sendable>: Sendable {
    /// The thing.
    public let value: Value
    /// What stands for its state, to be given as `ifMatch` when it is changed; nil when the server did not say.
    public let version: String?
}

extension Versioned: Equatable where Value: Equatable {}
