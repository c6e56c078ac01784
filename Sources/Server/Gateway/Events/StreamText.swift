internal import EventLog
internal import NIOCore
internal import Values

/// What is written to a stream of events, as server-sent events (HTML Living Standard, section 9.2).
enum StreamText {
    /// After how many milliseconds a client that was cut off comes again.
    private static let retry = 3_000

    /// The beginning of a stream that tells of what comes after an event.
    static func beginning(after number: Int64) -> ByteBuffer {
        ByteBuffer(string: "retry: \(retry)\nid: \(number)\n\n")
    }

    /// A sign that the stream is there, and up to which event it has told all that it has to: no event for a client, which
    /// keeps the number.
    static func beat(after number: Int64) -> ByteBuffer { ByteBuffer(string: ":\nid: \(number)\n\n") }

    /// An event as somebody sees it.
    static func event(_ event: Event, _ data: JSON, source: String) -> ByteBuffer {
        var bytes = Array("id: \(event.number)\nevent: ".utf8)
        // A line break in a type would begin another field.
        bytes += event.type.utf8.filter { $0 >= 0x20 }
        bytes += Array("\ndata: ".utf8)
        bytes += event.cloudEvent(source: source, data: data).encoded
        bytes += Array("\n\n".utf8)
        return ByteBuffer(bytes: bytes)
    }

    /// What the stream says of itself.
    static func notice(_ notice: StreamNotice, after number: Int64? = nil) -> ByteBuffer {
        let data: JSON = ["code": .string(notice.code), "message": .string(notice.message)]
        let id = number.map { "id: \($0)\n" } ?? ""
        return ByteBuffer(string: "\(id)event: \(notice.event)\ndata: \(data.text)\n\n")
    }
}

/// What a stream says of itself: that what a client holds has to be loaded anew, or that and why it ends.
enum StreamNotice: Sendable, Equatable {
    /// The log does not begin early enough for the number.
    case logBeginsLater
    /// The log does not go so far: it is another one, as after a restore.
    case logEndsEarlier
    /// The rights of who listens are others.
    case rightsChanged
    /// The session or key has ended, or the user may not sign in.
    case signedOut
    /// The server stops.
    case serverStops
    /// Another company has too few places.
    case placeNeeded

    var event: String {
        switch self {
        case .logBeginsLater, .logEndsEarlier, .rightsChanged: "cauldron.stream.reset"
        case .signedOut, .serverStops, .placeNeeded: "cauldron.stream.ended"
        }
    }

    var code: String {
        switch self {
        case .logBeginsLater: "log_begins_later"
        case .logEndsEarlier: "log_ends_earlier"
        case .rightsChanged: "rights_changed"
        case .signedOut: "signed_out"
        case .serverStops: "server_stops"
        case .placeNeeded: "place_needed"
        }
    }

    var message: String {
        switch self {
        case .logBeginsLater: "The log begins after that event. Load anew what you hold; the stream goes on from now."
        case .logEndsEarlier: "The log has no such event. Load anew what you hold; the stream goes on from now."
        case .rightsChanged: "Your rights have changed. Load anew what you hold."
        case .signedOut: "The session or key has ended. Sign in again."
        case .serverStops: "The server stops. Come again with the number of the last event."
        case .placeNeeded:
            "All places for streams are taken, and this company has the most. Come again with the number of the last event."
        }
    }
}
