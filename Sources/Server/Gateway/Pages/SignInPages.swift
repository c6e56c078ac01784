internal import Documents
internal import HTTPTypes
internal import Identity
internal import Tenancy
internal import Values

/// The pages on which people sign in: the password, the code, and what has to be done first, one form after the other.
///
/// Each step is a method that programs call as well; its form names it.
struct SignInPages: Sendable {
    let accounts: AccountMethods
    let signIn: SignIn
    let title: String

    /// Asks for user and password.
    func ask(next: String?, problem: Problem? = nil) -> Reply {
        page(
            "Sign in", lead: "to \(title)", next, problem,
            """
            <label for="usr">User or e-mail address</label>
            <input id="usr" name="usr" autocomplete="username" required autofocus>
            <label for="pwd">Password</label>
            <input id="pwd" name="pwd" type="password" autocomplete="current-password" required>
            <button>Sign in</button>
            """)
    }

    /// Takes what one of the forms sends.
    func enter(_ request: Incoming) async throws -> Reply {
        try SiteGuard.checkOrigin(request)
        let next = request.text("next")
        switch request.text("step") {
        case "second factor": return try await confirm(request, next)
        case "password": return try await choose(request, next)
        default: break
        }
        let outcome: SignIn.Outcome
        do {
            outcome = try await signIn.enter(request)
        } catch let problem as Problem {
            // A ticket that is good still is shown again with its form.
            guard problem.field == "otp", let ticket = request.text("tmp_id") else {
                return ask(next: next, problem: problem)
            }
            return askCode(ticket, next, problem)
        }
        switch outcome {
        case .codeNeeded(let ticket): return askCode(ticket, next)
        case .entered(let entry):
            var reply: Reply
            switch entry.limit {
            case .secondFactor: reply = try await setUp(entry, next, request.origin)
            case .newPassword: reply = askPassword(entry.formToken, next)
            case nil: reply = .redirect(to: Pages.local(next))
            }
            reply.headers += signIn.cookies(of: entry)
            return reply
        }
    }

    // MARK: The code

    private func askCode(_ ticket: String, _ next: String?, _ problem: Problem? = nil) -> Reply {
        page(
            "Your code", lead: "from the authenticator app, or a recovery code", next, problem,
            "<input type=\"hidden\" name=\"tmp_id\" value=\"\(ticket)\">\(Self.code)<button>Sign in</button>")
    }

    private static let code: HTML = """
        <label for="otp">Code</label>
        <input id="otp" name="otp" autocomplete="one-time-code" required autofocus>
        """

    // MARK: A second factor that is missing

    private func setUp(_ entry: SignIn.Entry, _ next: String?, _ origin: Origin) async throws -> Reply {
        let secret = try await accounts.tenant.identity.beginSecondFactor(
            for: entry.user, at: accounts.tenant.now(), from: origin)
        return askFirstCode(Base32.text(secret), entry.formToken, next)
    }

    private func askFirstCode(_ secret: String, _ token: String, _ next: String?, _ problem: Problem? = nil) -> Reply {
        page(
            "A second factor", lead: "has to be set up before you go on", next, problem,
            """
            <p>Enter this key in an authenticator app, then the code that it shows.</p>
            <p><code>\(secret)</code></p>
            <input type="hidden" name="step" value="second factor">
            <input type="hidden" name="secret" value="\(secret)">
            <input type="hidden" name="csrf_token" value="\(token)">
            \(Self.code)<button>Go on</button>
            """)
    }

    private func confirm(_ request: Incoming, _ next: String?) async throws -> Reply {
        let done: Reply
        do {
            done = try await accounts.call(SecondFactorMethods.confirm, request)
        } catch let problem as Problem where problem.field == "otp" {
            return askFirstCode(request.text("secret") ?? "", request.text("csrf_token") ?? "", next, problem)
        }
        let codes = (try? JSON.parse(done.body))?["message"]?["recovery_codes"]?.array ?? []
        let frame = PageFrame(siteTitle: title, user: nil, navigation: [])
        let shown = codes.map { code -> HTML in "<li><code>\(code.string ?? "")</code></li>" }
        var reply = Pages.reply(
            frame.page(
                "Recovery codes",
                """
                <h1>Recovery codes</h1>
                <p class="lead">Each signs you in once without the app. They are shown this once: keep them.</p>
                <div class="card"><ul>\(HTML(shown))</ul></div>
                <p><a href="\(Pages.local(next))">Go on</a></p>
                """))
        reply.headers += done.headers
        return reply
    }

    // MARK: A password that is too old

    private func askPassword(_ token: String, _ next: String?, _ problem: Problem? = nil) -> Reply {
        page(
            "Another password", lead: "has to be chosen before you go on", next, problem,
            """
            <input type="hidden" name="step" value="password">
            <input type="hidden" name="csrf_token" value="\(token)">
            <label for="old_password">Password until now</label>
            <input id="old_password" name="old_password" type="password" autocomplete="current-password" required>
            <label for="new_password">New password</label>
            <input id="new_password" name="new_password" type="password" autocomplete="new-password" required>
            <button>Go on</button>
            """)
    }

    private func choose(_ request: Incoming, _ next: String?) async throws -> Reply {
        do {
            _ = try await accounts.call(AccountMethods.updatePassword, request)
        } catch let problem as Problem where ["new_password", "old_password"].contains(problem.field) {
            return askPassword(request.text("csrf_token") ?? "", next, problem)
        }
        // The session ended with the password.
        return ask(next: next)
    }

    private func page(_ heading: String, lead: String, _ next: String?, _ problem: Problem?, _ fields: HTML) -> Reply {
        let frame = PageFrame(siteTitle: title, user: nil, navigation: [])
        let note: HTML = problem.map { "<div class=\"note bad\" role=\"alert\">\(Bodies.text($0))</div>" } ?? ""
        let next: HTML = next.map { "<input type=\"hidden\" name=\"next\" value=\"\($0)\">" } ?? ""
        let content: HTML = """
            <h1>\(heading)</h1>
            <p class="lead">\(lead)</p>
            \(note)
            <form class="card" method="post" action="/login">
            \(next)
            \(fields)
            </form>
            """
        return Pages.reply(frame.page(heading, content), status: problem?.kind.status ?? 200)
    }
}
