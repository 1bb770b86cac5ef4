import Logging

/// Logs like the handler it stands before, but puts metadata into words only when something is logged.
///
/// Every request sets metadata and hardly any logs something; `StreamLogHandler` formats it each time it is set.
struct LateLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private var base: StreamLogHandler

    init(_ base: StreamLogHandler) {
        self.base = base
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var handler = base
        handler.metadata = metadata
        handler.log(event: event)
    }
}
