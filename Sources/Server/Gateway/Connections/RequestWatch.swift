internal import NIOCore
internal import NIOHTTP1
internal import Values

/// The body of a request did not come in time.
struct LateBody: Error {}

/// Watches one connection by its ``ConnectionClock``, between the reading of HTTP and what answers requests.
///
/// A request whose body is late ends with ``LateBody`` for whoever reads it, and with its answer the connection. A request of
/// HTTP/1.0, which needs no `Host`, gets an empty one, so that a request without is one that is wrong.
///
/// A connection that carries a stream of events has no alarm, for the streams have one clock for all, and a ``StreamSender``.
final class RequestWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var clock: ConnectionClock
    private var alarm: (at: NIODeadline, task: Scheduled<Void>)?
    /// Whether the bytes that were read last made a part of a request.
    private var madePart = false
    /// Whether they ended one.
    private var madeEnd = false
    private var isStream = false
    private var isStopping = false
    private let onStream: @Sendable () -> Void

    /// `onStream` is called when the connection begins to carry a stream of events.
    init(quiet: TimeAmount, arrival: TimeAmount, bytesPerSecond: Int, onStream: @escaping @Sendable () -> Void) {
        self.onStream = onStream
        clock = ConnectionClock(quiet: quiet, arrival: arrival, bytesPerSecond: bytesPerSecond, now: .now())
    }

    func channelActive(context: ChannelHandlerContext) {
        look(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        madePart = true
        switch unwrapInboundIn(data) {
        case .head(var head):
            clock.head(at: .now())
            madeEnd = false
            if head.version == .http1_0, !head.headers.contains(name: "Host") {
                head.headers.add(name: "Host", value: "")
                context.fireChannelRead(wrapInboundOut(.head(head)))
                return
            }
        case .body(let bytes): clock.body(bytes.readableBytes)
        case .end:
            clock.end(at: .now())
            madeEnd = true
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // What came whole, as most requests do, needs no alarm.
        if !isStream, !madePart || !madeEnd {
            clock.partial(at: .now())
            look(context)
        }
        madePart = false
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let isEnd = if case .end = unwrapOutboundIn(data) { true } else { false }
        clock.answered(isEnd, at: .now())
        context.write(data, promise: promise)
        guard isEnd, clock.isLate, clock.unanswered == 0 else { return }
        context.flush()
        context.close(promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        clock.isBlocked = !context.channel.isWritable
        context.fireChannelWritabilityChanged()
    }

    // MARK: Streams

    /// How many bytes a stream may have waiting for its client before it waits itself, and below which it goes on.
    private static let waiting = ChannelOptions.Types.WriteBufferWaterMark(low: 4 << 10, high: 16 << 10)
    /// After how many milliseconds a client that confirms nothing is gone.
    private static let silence = 60_000
    /// `TCP_USER_TIMEOUT` of Linux, which has no name here.
    private static let userTimeout = NIOBSDSocket.Option(rawValue: 18)

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let begins = event as? StreamBegins else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        isStream = true
        stop()
        onStream()
        _ = context.channel.setOption(.writeBufferWaterMark, value: Self.waiting)
        _ = context.channel.setOption(.allowRemoteHalfClosure, value: false)
        #if os(Linux)
            _ = context.channel.setOption(ChannelOptions.tcpOption(Self.userTimeout), value: Self.silence)
        #endif
        let sender = StreamSender(begins.open, isStopping: isStopping)
        do {
            try context.pipeline.syncOperations.addHandler(sender, position: .after(self))
            promise?.succeed()
        } catch {
            context.close(promise: nil)
            promise?.fail(error)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { isStopping = true }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: The alarm

    private func stop() {
        alarm?.task.cancel()
        alarm = nil
    }

    private func look(_ context: ChannelHandlerContext) {
        guard !isStream else { return }
        switch clock.look(at: .now()) {
        case .wait(let moment): wake(at: moment, context)
        case .endBody: context.fireErrorCaught(LateBody())
        case .close: context.close(promise: nil)
        case .answer:
            let headers: HTTPHeaders = ["Connection": "close", "Content-Length": "0"]
            let head = HTTPResponseHead(version: .http1_1, status: .requestTimeout, headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            context.close(promise: nil)
        }
    }

    /// Looks again then; sooner when that is planned already.
    private func wake(at moment: NIODeadline, _ context: ChannelHandlerContext) {
        if let alarm {
            guard moment < alarm.at else { return }
            stop()
        }
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: moment) { [self] in
            alarm = nil
            if context.channel.isActive { look(context) }
        }
        alarm = (moment, task)
    }
}
