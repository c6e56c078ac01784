public import Documents

extension Problem.Kind {
    /// Nobody is signed in, or the credentials are wrong.
    public static let notSignedIn = Self("not_signed_in", exception: "AuthenticationError", status: 401)
    /// The session has ended. As in Frappe it is as good as none: clients sign in again when they are told 403.
    public static let sessionExpired = Self("session_expired", exception: "PermissionError", status: 403)
    /// The session is good for nothing before its user has done something.
    public static let stepMissing = Self("step_missing", exception: "PermissionError", status: 403)
    /// A browser sends this from another site, or with a wrong token.
    public static let crossSite = Self("cross_site_request", exception: "CSRFTokenError", status: 400)
    /// The body is larger than it may be.
    public static let tooLarge = Self("body_too_large", exception: "RequestEntityTooLarge", status: 413)
    /// The path and query are longer than they may be.
    public static let targetTooLong = Self("target_too_long", exception: "RequestURITooLarge", status: 414)
    /// A body of a type that is not read.
    public static let mediaType = Self("unsupported_media_type", exception: "UnsupportedMediaType", status: 415)
    /// Too many tries.
    public static let tooManyTries = Self("too_many_tries", exception: "TooManyRequestsError", status: 429)
    /// All connections that the server takes are open.
    public static let tooManyConnections = Self("too_many_connections", exception: "TooManyRequestsError", status: 503)
    /// All streams of events that the server has are open.
    public static let tooManyStreams = Self("too_many_streams", exception: "TooManyRequestsError", status: 503)
    /// All streams of events that one user may have are open.
    public static let tooManyStreamsOfUser = Self(
        "too_many_streams_of_user", exception: "TooManyRequestsError", status: 429)
    /// The request does not say which host it means, or says it twice.
    public static let badHost = Self("bad_host", exception: "ValidationError", status: 400)
    /// The body took too long to arrive.
    public static let slowRequest = Self("request_timed_out", exception: "RequestTimeout", status: 408)
    /// The address does not take this HTTP method.
    public static let wrongVerb = Self("wrong_verb", exception: "MethodNotAllowed", status: 405)
    /// There is no such page or route.
    public static let noSuchPage = Self("no_such_page", exception: "PageDoesNotExistError", status: 404)
    /// Something failed that should not; the log of the server says what.
    public static let internalError = Self("internal_error", exception: "InternalError", status: 500)
}
