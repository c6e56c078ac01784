internal import Documents
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Connections over which HTTP/1 is spoken, at most so many at once, each watched by a ``RequestWatch``.
struct GuardedChannel: ServerChildChannel {
    private let http: HTTP1Channel
    private let configuration: GatewayConfiguration
    private let open = OpenConnections()
    private let refusal: [UInt8]

    /// Connections that are closed beyond the most are refused with an answer; so many of them at once, and the next wait
    /// until they are accepted.
    static let refusedAtOnce = 64

    init(_ http: HTTP1Channel, _ configuration: GatewayConfiguration) {
        self.http = http
        self.configuration = configuration
        let problem = Problem(
            .tooManyConnections, "The server has \(configuration.connections) connections open and takes no more",
            fix: "Try again in a moment, or close connections that are not used.")
        let body = Bodies.problem(problem)
        let head = """
            HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json; charset=utf-8\r\n\
            Content-Length: \(body.count)\r\nRetry-After: 1\r\nConnection: close\r\n\r\n
            """
        refusal = Array(head.utf8) + body
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        let place = open.take(channel, most: configuration.connections)
        return http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            guard let place else {
                try pipeline.addHandler(Refusal(refusal), position: .first)
                return value
            }
            let reader = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let watch = RequestWatch(
                quiet: .seconds(Int64(configuration.idleSeconds)), arrival: .seconds(Int64(configuration.bodySeconds)),
                bytesPerSecond: max(1, configuration.bodyBytesPerSecond)
            ) { place.leave() }
            try pipeline.addHandler(watch, position: .after(reader))
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await http.handle(value: value, logger: logger) }
}

/// How many connections are open that wait for requests or answer them.
private final class OpenConnections: Sendable {
    private let count = Atomic<Int>(0)

    /// Counts a connection until it is closed or leaves; nil, without counting it, when there are `most`.
    func take(_ channel: any Channel, most: Int) -> Place? {
        guard count.wrappingAdd(1, ordering: .relaxed).newValue <= most else {
            count.wrappingSubtract(1, ordering: .relaxed)
            return nil
        }
        let place = Place(self)
        channel.closeFuture.whenComplete { _ in place.leave() }
        return place
    }

    /// The place of one connection.
    final class Place: Sendable {
        private let connections: OpenConnections
        private let isCounted = Atomic(true)

        fileprivate init(_ connections: OpenConnections) { self.connections = connections }

        /// Counts the connection no more.
        func leave() {
            guard isCounted.exchange(false, ordering: .relaxed) else { return }
            connections.count.wrappingSubtract(1, ordering: .relaxed)
        }
    }
}
