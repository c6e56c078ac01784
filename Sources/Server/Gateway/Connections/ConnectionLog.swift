internal import Logging

/// What the HTTP library logs of connections, to standard error.
///
/// The library gives its logger a label for every request, which `StreamLogHandler` would spell each time; here it is spelled
/// when something is logged.
struct ConnectionLog: LogHandler {
    private let label: String
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var stream = StreamLogHandler.standardError(label: label)
        stream.logLevel = logLevel
        stream.metadata = metadata
        stream.log(event: event)
    }
}
