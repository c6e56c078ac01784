internal import NIOCore
internal import NIOHTTP1
internal import Values

/// The body of a request did not come in time.
struct LateBody: Error {}

/// Watches one connection by its ``ConnectionClock``, between the reading of HTTP and what answers requests.
///
/// A request whose body is late ends with ``LateBody`` for whoever reads it, and with its answer the connection. A request of
/// HTTP/1.0, which needs no `Host`, gets an empty one, so that a request without is one that is wrong.
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

    init(quiet: TimeAmount, arrival: TimeAmount) {
        clock = ConnectionClock(quiet: quiet, arrival: arrival, now: .now())
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
        case .body: break
        case .end:
            clock.end(at: .now())
            madeEnd = true
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // What came whole, as most requests do, needs no alarm.
        if !madePart || !madeEnd {
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

    // MARK: The alarm

    private func stop() {
        alarm?.task.cancel()
        alarm = nil
    }

    private func look(_ context: ChannelHandlerContext) {
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
