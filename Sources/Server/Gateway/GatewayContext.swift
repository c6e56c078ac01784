public import Hummingbird
internal import NIOCore

/// What the gateway knows of a request besides the request: whose connection it came over.
public struct GatewayContext: RequestContext {
    /// What the HTTP library keeps.
    public var coreContext: CoreRequestContextStorage
    /// The other end's address, without the port.
    let address: String

    /// The context of a request on a connection.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        address = source.channel.remoteAddress?.ipAddress ?? "local"
    }
}
