internal import Documents
internal import HTTPTypes
internal import Identity
internal import Values

/// Keeps other sites from acting through a signed-in browser.
///
/// A browser adds the session's cookie by itself, also when another site made the request. So a request that may change
/// something and is known by its cookie must carry the session's token, or come from this site, which browsers tell in
/// `Sec-Fetch-Site` or `Origin`. Programs send neither and pass, and so do API keys.
enum SiteGuard {
    /// - Throws: ``Problem/Kind/crossSite``.
    static func check(_ request: Incoming, of caller: Caller) throws {
        guard !request.isSafe, let expected = caller.formToken else { return }
        let tokenName = HTTPField.Name("X-Frappe-CSRF-Token")
        let sent = tokenName.flatMap { request.headers[$0] } ?? request.text("csrf_token")
        if let sent, !sent.isEmpty, sent != "None" {
            guard Secret.equal(sent, expected) else {
                throw Problem(.crossSite, "The token of the form is not valid", fix: "Load the page again.")
            }
            return
        }
        try checkOrigin(request)
    }

    /// Refuses what a browser says to come from another site; also for signing in.
    ///
    /// - Throws: ``Problem/Kind/crossSite``.
    static func checkOrigin(_ request: Incoming) throws {
        guard !request.isSafe else { return }
        try requireOwnSite(request)
    }

    /// The same for every HTTP method: for what is done by a link, such as logging out.
    ///
    /// - Throws: ``Problem/Kind/crossSite``.
    static func requireOwnSite(_ request: Incoming) throws {
        let foreign = Problem(
            .crossSite, "The request comes from another site",
            fix: "Send X-Frappe-CSRF-Token, or sign in with an API key.")
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }) {
            guard site == "same-origin" || site == "none" else { throw foreign }
            return
        }
        // Browsers send no Origin with a link they follow, but where they come from.
        let origin = request.headers[.origin] ?? (request.isSafe ? request.headers[.referer] : nil)
        guard let origin else { return }
        let parts = origin.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        guard parts.count >= 2, parts[0].hasSuffix(":"), parts[1] == request.host[...] else { throw foreign }
    }
}
