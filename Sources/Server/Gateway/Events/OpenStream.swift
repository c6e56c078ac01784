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

    /// Calls `wake` once, when there is something to send; false where there is something already.
    func wait(_ wake: @escaping EventStream.Wake) -> Bool { stream.wait(wake, hub.readLog) }

    /// The body of a response that goes over a connection: a ``StreamSender`` sends it.
    func body(over channel: any Channel) -> ResponseBody {
        ResponseBody { [self] _ in
            // Comes behind the head, which is on its way.
            channel.triggerUserOutboundEvent(StreamBegins(open: self), promise: nil)
            throw StreamLeft()
        }
    }

    /// The body of a response that goes over none.
    var body: ResponseBody {
        ResponseBody { [self] writer in
            defer { hub.remove(stream) }
            while let pieces = await next() {
                for piece in pieces { try await writer.write(piece) }
            }
            try await writer.finish(nil)
        }
    }

    /// What comes next; nil at the end.
    private func next() async -> [ByteBuffer]? {
        while !Task.isCancelled {
            switch stream.take() {
            case .pieces(let pieces): return pieces
            case .end: return nil
            case .nothing: break
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    if !wait({ continuation.resume() }) { continuation.resume() }
                }
            } onCancel: {
                stream.stop()
            }
        }
        return nil
    }
}
