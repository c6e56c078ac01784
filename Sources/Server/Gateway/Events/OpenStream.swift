internal import Hummingbird
internal import NIOCore

/// A stream that somebody may send. When nobody holds it any more, it is over.
final class OpenStream: Sendable {
    let stream: EventStream
    private let hub: EventHub

    init(_ stream: EventStream, _ hub: EventHub) {
        self.stream = stream
        self.hub = hub
    }

    deinit { hub.remove(stream) }

    /// The body of a response.
    var body: ResponseBody {
        ResponseBody { [self] writer in
            defer { hub.remove(stream) }
            while let pieces = await stream.next(hub.readLog) {
                for piece in pieces { try await writer.write(piece) }
            }
            try await writer.finish(nil)
        }
    }
}
