internal import Documents
internal import Identity
internal import Lists
internal import Storage
internal import Values

/// What holds for signing in to a company: what System Settings and roles say, as the identity store asks for it.
enum AccessRules {
    private static let settings = SystemSettings.doctype.name

    /// What the store asks about the users of a company called `name`.
    static func facts(companyName name: String) -> UserFacts {
        var facts = UserFacts()
        facts.admits = { user, transaction in
            if user == Actor.administrator.user { return true }
            if user == Actor.guest.user { return false }
            return try transaction.first(
                "SELECT 1 FROM \"user\" WHERE name = ? AND enabled = 1", [.text(user)], [.integer]) != nil
        }
        facts.rules = rules
        facts.needsSecondFactor = needsSecondFactor
        facts.words = { user, transaction in try words(user, name, transaction) }
        return facts
    }

    /// What System Settings say; what they are made with where nobody saved any.
    private static func rules(_ transaction: any Transaction) throws -> IdentityRules {
        var rules = IdentityRules()
        rules.passwords.isOn = true
        rules.longestSeconds = longestHours * 3600
        let row = try transaction.first(
            """
            SELECT session_expiry, longest_session_hours, deny_multiple_sessions, enable_password_policy,
            minimum_password_length, force_user_to_reset_password, allow_consecutive_login_attempts,
            allow_login_after_fail, enable_two_factor_auth FROM system_settings WHERE name = ?
            """, [.text(settings)],
            [.text] + Array(repeating: ColumnType.integer, count: 8))
        guard let row else { return rules }
        /// A number from 1 to `most`; nil where there is none or 0.
        func number(_ place: Int, most: Int) -> Int? {
            guard let number = row[place].int, number > 0 else { return nil }
            return Int(min(number, Int64(most)))
        }
        rules.idleSeconds = idleSeconds(row[0].text ?? "")
        rules.longestSeconds = number(1, most: mostHours).map { $0 * 3600 }
        rules.isSingleSession = row[2].int == 1
        rules.passwords.isOn = row[3].int == 1
        rules.passwords.shortest = max(
            PasswordPolicy.leastLength, number(4, most: PasswordPolicy.mostLength) ?? 0)
        rules.passwordDays = number(5, most: mostDays)
        rules.freeFailures = number(6, most: mostTries)
        rules.firstWait = number(7, most: mostWait)
        rules.asksForSecondFactor = row[8].int == 1
        return rules
    }

    private static let longestHours = 720
    private static let mostHours = 100_000
    private static let mostDays = 36_500
    private static let mostTries = 1_000
    private static let mostWait = 86_400

    /// Hours and minutes, such as `170:00`, as seconds; nil where there is nothing, or no such.
    private static func idleSeconds(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), hours <= mostHours, minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return seconds > 0 ? seconds : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Whether a user must have a second factor where some must: one of a role that asks for it, everybody where no role does.
    /// The user who may do everything must in any case.
    private static func needsSecondFactor(_ user: String, _ transaction: any Transaction) throws -> Bool {
        let asking = Set(
            try transaction.query(
                "SELECT name FROM role WHERE two_factor_auth = 1 AND (disabled IS NULL OR disabled = 0)", [], [.text]
            ).compactMap { $0[0].text })
        if asking.isEmpty || asking.contains("All") || user == Actor.administrator.user { return true }
        let type = try transaction.first("SELECT user_type FROM \"user\" WHERE name = ?", [.text(user)], [.text])
        if asking.contains("Desk User"), type?[0].text == "System User" { return true }
        let own = try transaction.query(
            "SELECT role FROM has_role WHERE parent = ? AND parenttype = 'User'", [.text(user)], [.text])
        return own.contains { $0[0].text.map(asking.contains) ?? false }
    }

    /// What a password of a user must not be made of: the parts of its address and name, and the company's.
    private static func words(
        _ user: String, _ company: String, _ transaction: any Transaction
    ) throws -> [String] {
        let row = try transaction.first(
            "SELECT full_name, username FROM \"user\" WHERE name = ?", [.text(user)], [.text, .text])
        let app = try transaction.first("SELECT app_name FROM system_settings", [], [.text])?[0].text
        let texts = [user, row?[0].text ?? "", row?[1].text ?? "", company, app ?? ""]
        return texts + texts.flatMap { $0.split { !$0.isLetter && !$0.isNumber }.map(String.init) }
    }

    /// Refuses settings that would have no effect.
    static func check(_ settings: Document) throws {
        let expiry = settings.text("session_expiry")
        guard expiry.isEmpty || idleSeconds(expiry) != nil else {
            throw Problem(
                .badFormat, "session_expiry must be hours and minutes, not \(expiry.prefix(40))",
                field: "session_expiry", fix: "Send it as 170:00, or leave it empty.")
        }
        for (field, most) in [
            ("longest_session_hours", mostHours), ("minimum_password_length", PasswordPolicy.mostLength),
            ("force_user_to_reset_password", mostDays), ("allow_consecutive_login_attempts", mostTries),
            ("allow_login_after_fail", mostWait),
        ] where (settings[field].int ?? 0) > Int64(most) {
            throw Problem(.outOfBounds, "\(field) is at most \(most)", field: field, fix: "Send less.")
        }
    }
}

extension Registry {
    /// Adds what a company keeps of who signs in.
    mutating func addAccess() {
        add(ActivityLog.self)
        add(source: ActivityLog.source, for: ActivityLog.doctype.name)
        add(table: ActivityLog.table, isSealed: true)
        register(ActivityLog.purge)
        observe(.doctype(SystemSettings.doctype.name), .validate) { changes, _ in
            for change in changes { try AccessRules.check(change.document) }
        }
    }
}
