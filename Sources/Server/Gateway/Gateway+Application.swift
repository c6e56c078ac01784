public import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import ServiceLifecycle
public import Tenancy

/// Serves a tenant, and those that a host has beside it, over HTTP until it is told to stop.
///
/// On SIGTERM or SIGINT it accepts no more connections, lets the requests that run finish and then closes the tenants.
public struct GatewayServer: Sendable {
    private let switchboard: Switchboard
    private let host: TenantHost<Gateway>?
    private let tenant: Tenant
    private let configuration: GatewayConfiguration
    private let onListening: @Sendable (Int) async -> Void
    private let onStopped: @Sendable () async -> Void

    /// A server; `onListening` is called with the port once it answers, `onStopped` when it answers no more and the tenant
    /// is about to be closed.
    public init(
        tenant: Tenant, configuration: GatewayConfiguration = GatewayConfiguration(),
        host: TenantHost<Gateway>? = nil,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in },
        onStopped: @escaping @Sendable () async -> Void = {}
    ) {
        switchboard = Switchboard(
            main: Gateway(tenant: tenant, configuration: configuration), host: host,
            configuration: configuration)
        self.host = host
        self.tenant = tenant
        self.configuration = configuration
        self.onListening = onListening
        self.onStopped = onStopped
    }

    /// The application of the HTTP library, for those who run it among other services. It does not close the tenants.
    public func makeApplication() -> Application<Switchboard> {
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: max(configuration.targetBytes, configuration.headerBytes) + 1024,
            maxHeaderListSize: configuration.headerBytes, maxHeaderFieldCount: configuration.headerCount)
        // When a connection is closed for being quiet, its own watch says.
        let channel = HTTP1Channel.Configuration(idleTimeout: nil, httpDecoderConfiguration: decoder)
        let limits = configuration
        let logger = Logger(label: "cauldron.http") { ConnectionLog(label: $0) }
        return Application(
            responder: switchboard,
            server: HTTPServerBuilder { GuardedChannel(HTTP1Channel(responder: $0, configuration: channel), limits) },
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "cauldron",
                availableConnectionsDelegate: .maximum(
                    configuration.connections + configuration.streams + GuardedChannel.refusedAtOnce, logger: logger)),
            onServerRunning: { [onListening] channel in await onListening(channel.localAddress?.port ?? 0) },
            logger: logger)
    }

    /// Serves until a signal comes or the task is cancelled, then closes the tenants.
    ///
    /// - Throws: when the address cannot be listened at.
    public func run() async throws {
        do {
            try await makeApplication().runService()
        } catch {
            await close()
            throw error
        }
        await close()
    }

    private func close() async {
        await configuration.streamPlaces.end()
        await onStopped()
        await host?.close()
        await tenant.close()
    }
}
