internal import NIOCore
internal import NIOHTTP1

/// From now on a connection carries a stream of events, whose head has been sent.
struct StreamBegins: Sendable {
    let open: OpenStream
}

/// A stream's connection is to be cut.
struct StreamCut: Sendable {}

/// The task that answers requests on a connection has left it to the stream of events that it carries.
struct StreamLeft: Error {}

/// Sends a stream of events over its connection, from the loop of the connection alone.
///
/// What the HTTP library holds for a connection that it answers requests on, above all the stack of its task, is several times
/// what a stream needs that has nothing to tell. So the task ends, and what it does to the connection on its way out is kept
/// from it here. What the client sends besides is dropped, and its end is the end of the stream.
final class StreamSender: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var open: OpenStream?
    private var wake: (@Sendable () -> Void)?
    private let isStopping: Bool

    init(_ open: OpenStream, isStopping: Bool) {
        self.open = open
        self.isStopping = isStopping
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((sender: self, context: context), eventLoop: context.eventLoop)
        wake = { bound.eventLoop.execute { bound.value.sender.send(bound.value.context) } }
        if isStopping { open?.stream.notify(.serverStops, ends: true) }
        context.read()
        send(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        open = nil
        wake = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func channelReadComplete(context: ChannelHandlerContext) { context.read() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { send(context) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { open?.stream.notify(.serverStops, ends: true) }
        context.fireUserInboundEventTriggered(event)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is StreamCut else { return context.triggerUserOutboundEvent(event, promise: promise) }
        context.close(promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) { promise?.succeed() }

    /// Sends what there is as long as the client takes it.
    private func send(_ context: ChannelHandlerContext) {
        while let open, context.channel.isWritable {
            switch open.stream.take() {
            case .pieces(let pieces):
                for piece in pieces { context.write(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil) }
                context.flush()
            case .nothing:
                guard let wake else { return }
                if open.wait(wake) { return }
            case .end:
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
                context.close(promise: nil)
                return leave()
            }
        }
    }
}
