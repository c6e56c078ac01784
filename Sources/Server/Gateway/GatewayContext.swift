public import Hummingbird
internal import NIOCore

/// What the gateway knows of a request besides the request: whose connection it came over.
public struct GatewayContext: RequestContext {
    /// What the HTTP library keeps.
    public var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// The other end's address, without the port. Found when it is asked for, which few requests do.
    var address: String { channel.remoteAddress?.ipAddress ?? "local" }

    /// The context of a request on a connection.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}
