public import Identity
public import ObjectStorage
public import Tenancy

/// How the gateway listens and what it accepts.
public struct GatewayConfiguration: Sendable {
    /// The address it listens at; by default this machine only.
    public var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    public var port = 8000
    /// The most bytes of a request's body.
    public var bodyBytes = 25 << 20
    /// The most bytes of a file that is uploaded.
    public var fileBytes = 100 << 20
    /// The most bytes of a file that comes in parts; see `/api/uploads`.
    public var uploadBytes: Int64 = 5 << 30
    /// Where uploaded files are kept; without it none are taken.
    public var objects: (any ObjectStore)?
    /// What makes pictures small; without it none are.
    public var thumbnailer: Thumbnailer?
    /// The most bytes of a request's path and query.
    public var targetBytes = 16 << 10
    /// The most bytes of all headers of a request.
    public var headerBytes = 64 << 10
    /// The most headers of a request.
    public var headerCount = 100
    /// The most connections that are open at once; beyond them new ones are refused.
    public var connections = 512
    /// The most streams of events that are open at once, of all companies; they do not count among the connections.
    public var streams = 10_000
    /// Where they are counted: all that is served with this configuration counts together.
    let streamPlaces = StreamPlaces()
    /// The most streams of events that one user has open at once.
    public var streamsPerUser = 100
    /// How often an open stream says that it is there when it has nothing to tell, in ticks of the streams' clock.
    public var streamBeats = 20
    /// For how many such signs a client may take nothing of what is sent to it before its stream is cut.
    public var streamPatience = 2
    /// How often the streams' clock ticks: how late a write of another process is told, at most.
    public var streamTick = Duration.seconds(1)
    /// After how many seconds without a byte a connection is closed; one with half a request is told so before.
    public var idleSeconds = 60
    /// How many seconds a request may take to arrive, its head and its body, besides what its bytes give it.
    public var bodySeconds = 120
    /// The bytes of a body for which a request gets a second more: who sends much must not be slower than this.
    public var bodyBytesPerSecond = 64 << 10
    /// How deep a request's JSON may be nested.
    public var jsonDepth = 64
    /// The most values of a request's JSON.
    public var jsonValues = 1_000_000
    /// Cookies are sent by browsers over TLS only; for a server behind a proxy that ends TLS.
    public var secureCookies = false
    /// The addresses of proxies that are believed when they tell the client's address and host in `X-Forwarded-For` and
    /// `X-Forwarded-Host`; nobody else is.
    public var trustedProxies: [AddressRange] = []
    /// The site's time zone, as clients are told.
    public var timeZone = "UTC"
    /// What the company is called among those of the process; empty for the one that the server was started for.
    public var company = ""
    /// The host names that lead to that one; all that lead to no other when there are none.
    public var hosts: [String] = []
    /// The name people see at the top of the pages; the tenant's when nil.
    public var title: String?

    /// What it shares with the gateways that are made with a copy of it.
    let share = GatewayShare()
    /// What the operator's methods do, and the key that they take; nobody has one where there are none.
    var operations = OperatorMethods(operations: nil, key: nil)

    /// The configuration a server starts with.
    public init() {}

    /// Lets who has the key make and remove companies.
    public mutating func admit(_ key: OperatorKey, to operations: any TenantOperations) {
        self.operations = OperatorMethods(operations: operations, key: key)
    }

    /// A configuration of this address and port.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
