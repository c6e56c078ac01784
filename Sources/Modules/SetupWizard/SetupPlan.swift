internal import Accounting
package import Documents
internal import Values

/// What a company is to be set up with, once all that was asked for is known to be possible by itself. Whether it fits the
/// database is asked by ``SetupWork``.
package struct SetupPlan: Sendable {
    /// The company's name.
    package let company: String
    /// Its abbreviation; nil where a free one is to be made from its name.
    let abbr: String?
    let country: CountryTemplate
    /// The code of its currency.
    let currency: String
    /// The name of a chart.
    let chartName: String
    /// The chart itself, where it was given.
    let chart: ChartOfAccounts?
    /// Its first fiscal year; nil where the one that it is now is meant.
    let year: ClosedRange<Day>?
    /// The code of the language.
    let language: String
    let timeZone: String
    /// The users to be made, the one who sets up first.
    let users: [User]
    let domain: String
    /// What of `args` nothing knows.
    let stray: [String]
    /// Whether language and time zone were sent, and do not follow from the country.
    let asksFor: (language: Bool, timeZone: Bool)

    /// Somebody who is to use the company.
    struct User: Sendable {
        let email: String
        let fullName: String
        /// Nil for all roles there are.
        let roleProfile: String?
        /// The argument that names it.
        let field: String
    }

    /// The most users that are made at once.
    static let mostUsers = 100

    /// What the arguments of the call are, for its description.
    package static let parameters: [Method.Parameter] = [
        .optional("args", "All of these as one object, as Frappe's wizard sends them."),
        .required("company_name", "The company's name."),
        .required("country", "Its country, by name or two letters of ISO 3166."),
        .optional("company_abbr", "What stands behind the names of its accounts; made from the name unless given."),
        .optional("currency", "Its currency by ISO 4217; the country's unless given."),
        .optional(
            "chart_of_accounts", "A chart by its name: \(ChartOfAccounts.names.dropLast().joined(separator: ", "))."),
        .optional("chart", "A chart of one's own, as ERPNext writes charts: a tree of accounts as an object."),
        .optional(
            "fy_start_date", "The first day of the first fiscal year; that of the country's year it is unless given."),
        .optional("fy_end_date", "Its last day; twelve months unless given."),
        .optional("language", "A language by its name or code; the country's unless given."),
        .optional("timezone", "A time zone by its name in the IANA database; the country's unless given."),
        .optional("email", "The e-mail address of the first user, who gets all roles; none is made unless given."),
        .optional("full_name", "That user's name."),
        .optional("password", "That user's password."),
        .optional("users", "More users: a list of objects with email, full_name, role_profile and password."),
        .optional("domain", "The line of business."),
    ]

    /// The arguments of the call: `args` stands for what is in it.
    ///
    /// - Throws: ``Problem/Kind/malformed``.
    private static func arguments(_ sent: Arguments) throws -> (all: Arguments, stray: [String]) {
        guard let json = try sent.json("args") else { return (sent, []) }
        guard case .object(let inner) = json else {
            throw Problem(.malformed, "args must be an object", field: "args")
        }
        var values = sent.values
        for (key, value) in inner.members { values[key] = value }
        // What stands beside args is asked for, too.
        let known = parameters.map(\.name)
        for name in known { _ = sent[name] }
        return (Arguments(values), inner.members.map(\.key).filter { !known.contains($0) && !$0.hasPrefix("_") })
    }

    /// Reads what a company is to be set up with.
    ///
    /// - Throws: ``Problem`` for all that is wrong, each about its argument.
    package init(_ sent: Arguments) throws {
        let (arguments, stray) = try Self.arguments(sent)
        self.stray = stray
        var reader = Reader(arguments: arguments)
        company = reader.line("company_name", isRequired: true)
        abbr = reader.abbreviation(of: company)
        let country = reader.country()
        currency = reader.currency(of: country)
        (chartName, chart) = reader.chart()
        year = reader.year()
        language = reader.language(of: country)
        timeZone = reader.timeZone(of: country)
        users = reader.users()
        domain = reader.line("domain")
        asksFor = (arguments.text("language") != nil, arguments.text("timezone") != nil)
        guard reader.problems.isEmpty, let country else { throw Problem(reader.problems) }
        self.country = country
    }

    /// Reads argument by argument, and collects what is wrong.
    private struct Reader {
        let arguments: Arguments
        var problems: [Problem] = []

        mutating func refuse(_ kind: Problem.Kind, _ text: ProblemText, _ field: String, fix: ProblemText? = nil) {
            problems.append(Problem(kind, text, field: field, fix: fix))
        }

        /// Notes what `body` is refused for.
        mutating func checking<T>(_ fallback: T, _ body: () throws -> T) -> T {
            do {
                return try body()
            } catch let problem as Problem {
                problems += problem.single
            } catch {
                refuse(.inconsistent, "\(String(describing: error))", "args")
            }
            return fallback
        }

        mutating func line(_ field: String, isRequired: Bool = false) -> String {
            if let value = arguments[field], arguments.text(field) == nil, value.string == nil {
                refuse(.wrongType, "\(field) must be text", field)
                return ""
            }
            let text = (arguments.text(field) ?? "").normalized.trimmed
            if text.isEmpty, isRequired {
                refuse(.mandatory, "The argument \(field) is missing", field, fix: "Send \(field).")
            }
            if Text.length(text) > Limits.lineCharacters {
                refuse(.tooLong, "\(field) has more than \(Limits.lineCharacters) characters", field)
            }
            if text.unicodeScalars.contains(where: { $0.value < 0x20 }) {
                refuse(.invalidName, "\(field) is one line of text", field)
            }
            return text
        }

        mutating func abbreviation(of company: String) -> String? {
            let abbr = line("company_abbr")
            guard !abbr.isEmpty else {
                if !company.isEmpty, Company.abbreviation(of: company).isEmpty {
                    refuse(
                        .mandatory, "\(company) has no letters to make an abbreviation of", "company_abbr",
                        fix: "Send company_abbr.")
                }
                return nil
            }
            checking(()) { try Company.checkAbbreviation(abbr, field: "company_abbr") }
            if Text.length(abbr) > SetupWork.abbreviationCharacters {
                refuse(
                    .tooLong, "An abbreviation has at most \(SetupWork.abbreviationCharacters) characters",
                    "company_abbr")
            }
            return abbr
        }

        mutating func country() -> CountryTemplate? {
            let text = line("country", isRequired: true)
            guard !text.isEmpty else { return nil }
            let found = SetupTemplates.country(text)
            if found == nil {
                refuse(
                    .notAnOption, "There is no country \(text)", "country",
                    fix: "Send its English name or its two letters of ISO 3166.")
            }
            return found
        }

        mutating func currency(of country: CountryTemplate?) -> String {
            let text = line("currency")
            guard !text.isEmpty else { return country?.currency ?? "" }
            if CurrencyFacts.named(text) == nil {
                refuse(.notAnOption, "There is no currency \(text)", "currency", fix: "Send three letters of ISO 4217.")
            }
            return text
        }

        mutating func chart() -> (name: String, chart: ChartOfAccounts?) {
            let name = line("chart_of_accounts")
            let arguments = arguments
            let tree = checking(nil) { try arguments.json("chart") }
            guard let tree else {
                let names = ChartOfAccounts.names.filter { $0 != ChartOfAccounts.custom }
                if !name.isEmpty, !names.contains(name) {
                    refuse(
                        .notAnOption, "There is no chart of accounts \(name)", "chart_of_accounts",
                        fix: "Use one of: \(names.joined(separator: ", ")); or send chart.")
                }
                return (name.isEmpty ? names[0] : name, nil)
            }
            if !name.isEmpty, name != ChartOfAccounts.custom {
                refuse(
                    .notAnOption, "chart_of_accounts and chart are two charts", "chart_of_accounts",
                    fix: "Leave one of them out.")
            }
            return (ChartOfAccounts.custom, checking(nil) { try ChartOfAccounts(tree) })
        }

        mutating func year() -> ClosedRange<Day>? {
            let arguments = arguments
            let start = checking(nil) { try arguments.day("fy_start_date") }
            let end = checking(nil) { try arguments.day("fy_end_date") }
            guard let start else {
                if end != nil, problems.allSatisfy({ $0.field != "fy_start_date" }) {
                    refuse(.mandatory, "fy_end_date needs fy_start_date", "fy_start_date", fix: "Send fy_start_date.")
                }
                return nil
            }
            guard start > .earliest.adding(years: 1), start < .latest.adding(years: -4) else {
                refuse(.outOfRange, "The fiscal year lies too far from any that can be booked in", "fy_start_date")
                return nil
            }
            let twelveMonths = start.adding(years: 1).adding(days: -1)
            let last = end ?? twelveMonths
            guard start < last else {
                refuse(.datesOutOfOrder, "The fiscal year ends before it begins", "fy_end_date")
                return nil
            }
            guard last <= twelveMonths else {
                refuse(
                    .outOfBounds,
                    "A fiscal year has at most twelve months: this one ends on \(twelveMonths) at the latest",
                    "fy_end_date", fix: "Send an earlier fy_end_date.")
                return nil
            }
            return start...last
        }

        mutating func language(of country: CountryTemplate?) -> String {
            let text = line("language")
            guard !text.isEmpty else { return country?.languages.first ?? "en" }
            let found = SetupTemplates.language(text)
            if found == nil {
                refuse(
                    .notAnOption, "There is no language \(text)", "language", fix: "Send its English name or its code.")
            }
            return found ?? ""
        }

        mutating func timeZone(of country: CountryTemplate?) -> String {
            let text = line("timezone")
            guard !text.isEmpty else { return country?.timeZones.first ?? "UTC" }
            if !SetupTemplates.timeZones.contains(text) {
                refuse(
                    .notAnOption, "There is no time zone \(text)", "timezone",
                    fix: "Send a name of the IANA database, such as Europe/Berlin.")
            }
            return text
        }

        // MARK: Users

        mutating func users() -> [User] {
            var users: [User] = []
            let (email, fullName) = (line("email"), line("full_name"))
            if email.isEmpty {
                for field in ["full_name", "password"] where arguments.text(field) != nil {
                    refuse(
                        .mandatory, "\(field) needs email: whose is it?", "email",
                        fix: "Send email, or leave \(field) out.")
                    break
                }
            } else {
                if arguments.text("password") != nil { refusePassword("password") }
                users.append(User(email: email, fullName: fullName, roleProfile: nil, field: "email"))
            }
            let arguments = arguments
            switch checking(nil, { try arguments.json("users") }) {
            case nil: break
            case .array(let rows)? where rows.count <= SetupPlan.mostUsers:
                for (index, row) in rows.enumerated() {
                    guard let object = row.object, let email = object["email"]?.string, !email.isEmpty else {
                        problems.append(wrongRow(index, "Row \(index + 1): a user is an object with email"))
                        continue
                    }
                    let known = ["email", "full_name", "role_profile", "password"]
                    for key in object.members.map(\.key) where !known.contains(key) {
                        problems.append(wrongRow(index, "Row \(index + 1): a user has no \(key.prefix(140)) here"))
                    }
                    if let password = object["password"], !password.isNull, password != "" { refusePassword("users") }
                    let profile = object["role_profile"]?.string ?? ""
                    users.append(
                        User(
                            email: email.normalized, fullName: object["full_name"]?.string ?? "",
                            roleProfile: profile, field: "users"))
                }
            case .array?: refuse(.tooMany, "More than \(SetupPlan.mostUsers) users at once", "users")
            default: refuse(.wrongType, "users must be a list of objects", "users")
            }
            for user in users where !user.email.contains("@") {
                refuse(.badFormat, "\(user.email) is no e-mail address", user.field, fix: "Send one.")
            }
            var seen: Set<Name> = []
            for user in users where !seen.insert(user.email.lowercased()).inserted {
                refuse(.givenTwice, "\(user.email) is there twice", user.field)
            }
            return users
        }

        /// Whoever calls the method takes passwords out and sets them beside it.
        private mutating func refusePassword(_ field: String) {
            refuse(
                .forbidden, "A password is not taken here", field,
                fix: "Set up by POST to /api/method/cauldron.setup or by the command, or set the password afterwards.")
        }

        private func wrongRow(_ index: Int, _ text: ProblemText) -> Problem {
            var problem = Problem(.malformed, text, field: "users", row: index + 1)
            problem.table = "users"
            return problem
        }
    }
}

extension String {
    /// Without white space at both ends.
    fileprivate var trimmed: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
