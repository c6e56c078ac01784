internal import Accounting
internal import Documents
internal import Storage
internal import Values

/// Sets a company up as planned, step by step, in the session's transaction.
struct SetupWork {
    let plan: SetupPlan
    let session: Session
    /// The longest abbreviation of a company.
    static let abbreviationCharacters = 10

    private var abbr = ""
    private var years: [(name: String, days: ClosedRange<Day>)] = []
    private var counts = Counts()

    init(_ plan: SetupPlan, in session: Session) {
        self.plan = plan
        self.session = session
    }

    /// How many documents were made, and how many were there, by DocType in the order of the steps.
    private struct Counts {
        var made = JSONObject()
        var present = JSONObject()

        mutating func add(_ doctype: String, made: Int, present: Int = 0) {
            if made > 0 { self.made[doctype] = .int((self.made[doctype]?.int ?? 0) + Int64(made)) }
            if present > 0 { self.present[doctype] = .int((self.present[doctype]?.int ?? 0) + Int64(present)) }
        }
    }

    /// Does all steps.
    ///
    /// - Throws: ``Problem`` for all that does not fit what is there, before anything is made; then what making is refused for.
    mutating func run() throws -> JSON {
        try check()
        try makeCurrencies()
        try fillSettings()
        try insert(
            "Fiscal Year",
            years.map { year in
                let (first, last) = (year.days.lowerBound, year.days.upperBound)
                return [
                    "year": .string(year.name), "year_start_date": .string(first.description),
                    "year_end_date": .string(last.description),
                    "is_short_year": last < first.adding(years: 1).adding(days: -1) ? 1 : 0,
                ]
            })
        let company = try makeCompany()
        try makeTaxAccounts(of: company)
        for step in SetupTemplates.steps where session.registry.find(step.doctype) != nil {
            try carryOut(step, for: company.document)
        }
        let users = try makeUsers()
        return [
            "status": "ok", "company": .string(company.name), "abbr": .string(company.abbr),
            "country": .string(plan.country.name), "currency": .string(plan.currency),
            "fiscal_years": .array(years.map { .string($0.name) }), "users": .array(users.map(JSON.string)),
            "made": .object(counts.made), "present": .object(counts.present),
        ]
    }

    // MARK: What is there

    /// Whether the plan fits the database.
    private mutating func check() throws {
        var problems: [Problem] = []
        if try session.exists("Company", plan.company) {
            problems.append(
                Problem(
                    .duplicateName, "Company \(plan.company) exists already", field: "company_name",
                    fix: "Choose another name."))
        }
        let taken = Set<Name>(
            try session.transaction.query("SELECT abbr FROM company", [], [.text]).compactMap {
                $0[0].text.map(Self.look)
            })
        abbr = plan.abbr ?? Self.free(Company.abbreviation(of: plan.company), taken)
        if taken.contains(Self.look(abbr)) {
            problems.append(
                Problem(
                    .duplicate, "Another company has the abbreviation \(abbr)", field: "company_abbr",
                    fix: "Choose another one."))
        }
        do {
            years = try fiscalYears()
        } catch let problem as Problem {
            problems.append(problem)
        }
        let known = try session.values(of: "User", plan.users.map(\.email), ["name"])
        for user in plan.users where known[user.email] != nil {
            problems.append(
                Problem(
                    .duplicateName, "User \(user.email) exists already", field: user.field,
                    fix: "Leave it out: it can work with the new company as its roles say."))
        }
        let profiles = Set(plan.users.compactMap { $0.roleProfile.map { Name($0) } }.filter { !$0.text.isEmpty })
        let ours = Set<Name>(
            SetupTemplates.steps.filter { $0.doctype == "Role Profile" }.flatMap(\.records).compactMap {
                $0["role_profile"]?.string
            })
        let present = try session.values(of: "Role Profile", profiles.sorted(), ["name"])
        for profile in profiles.sorted() where present[profile] == nil && !ours.contains(profile) {
            problems.append(
                Problem(
                    .brokenLink, "Role Profile \(profile) does not exist", field: "users",
                    fix: "Use one of: \(ours.sorted().joined(separator: ", "))."))
        }
        guard problems.isEmpty else { throw Problem(problems) }
    }

    /// What an abbreviation is told apart by: names that end with it must not look alike.
    private static func look(_ abbr: String) -> String { Skeleton.of(abbr, foldsCase: true) }

    /// An abbreviation that no company has: with 2, 3, … behind it where it is taken.
    private static func free(_ wanted: String, _ taken: Set<Name>) -> String {
        guard taken.contains(look(wanted)) else { return wanted }
        for number in 2...9_999 {
            let ending = String(number)
            let candidate = Text.beginning(wanted, abbreviationCharacters - ending.utf8.count) + ending
            if !taken.contains(look(candidate)) { return candidate }
        }
        return wanted
    }

    // MARK: Fiscal years

    /// The years to be made, and those that are there instead: the first one and the one after it, so that the books do not
    /// end with it.
    private func fiscalYears() throws -> [(name: String, days: ClosedRange<Day>)] {
        let now = session.today
        if plan.year == nil, let present = try FiscalYears.overlapping(now...now, in: session).first {
            return [(present.name, present.start...present.end)]
        }
        let first = plan.year ?? plan.country.fiscalYear(of: now)
        let next = first.upperBound.adding(days: 1)
        var years = [first]
        years.append(next...next.adding(years: 1).adding(days: -1))
        var found: [(name: String, days: ClosedRange<Day>)] = []
        let taken = try session.values(of: "Fiscal Year", years.map(Self.name), ["name"])
        for (place, days) in years.enumerated() {
            let overlapping = try FiscalYears.overlapping(days, in: session)
            if overlapping.isEmpty {
                // A year of that name may be disabled, or of other days.
                let name = Self.name(of: days)
                found.append((taken[name] == nil ? name : "\(days.lowerBound) to \(days.upperBound)", days))
            } else if overlapping.count == 1, overlapping[0].start == days.lowerBound,
                overlapping[0].end == days.upperBound
            {
                found.append((overlapping[0].name, days))
            } else if place == 0 {
                throw Problem(
                    .overlaps,
                    "The year from \(days.lowerBound) to \(days.upperBound) overlaps with Fiscal Year \(overlapping[0].name)",
                    field: "fy_start_date",
                    fix: "All companies of a database have the same fiscal years: leave it out, or send theirs.")
            }
        }
        return found
    }

    private static func name(of days: ClosedRange<Day>) -> String {
        let (first, last) = (days.lowerBound.year, days.upperBound.year)
        return first == last ? "\(first)" : "\(first)-\(last)"
    }

    // MARK: Steps

    private mutating func makeCurrencies() throws {
        let present = try session.values(of: "Currency", CurrencyFacts.all.map(\.code), ["enabled"])
        try insert(
            "Currency",
            CurrencyFacts.all.map { facts in
                var content = facts.content
                content["enabled"] = facts.isCommon || facts.code == plan.currency ? 1 : 0
                return content
            })
        if let enabled = present[plan.currency], enabled[0].int != 1 {
            try session.perform(Command(.save, "Currency", plan.currency, ["enabled": 1]))
        }
    }

    /// Says how people see things where nobody has said it.
    ///
    /// What was asked for and is kept nowhere is told.
    private func fillSettings() throws {
        let settings = try session.get("System Settings", "System Settings")
        let values: JSONObject = [
            "country": .string(plan.country.name), "language": .string(plan.language),
            "date_format": .string(plan.country.dateFormat), "number_format": .string(plan.country.numberFormat),
            "first_day_of_the_week": .string(plan.country.firstDayOfTheWeek), "time_zone": .string(plan.timeZone),
        ]
        // What nobody has saved holds defaults.
        let isSaved = try session.exists("System Settings", "System Settings")
        let open = values.members.filter { !isSaved || settings.text($0.key).isEmpty }
        let changes = JSONObject(open.map { ($0.key, $0.value) })
        if plan.users.isEmpty {
            if plan.asksFor.timeZone, changes["time_zone"] == nil, settings.text("time_zone") != plan.timeZone {
                try passOver(
                    "timezone", "The system has a time zone already, and no user is made who would have another")
            }
            if plan.asksFor.language, changes["language"] == nil, settings.text("language") != plan.language {
                try passOver(
                    "language", "The system has a language already, and no user is made who would have another")
            }
        }
        guard !changes.isEmpty else { return }
        try session.perform(Command(.save, "System Settings", "System Settings", changes))
    }

    private func passOver(_ argument: String, _ text: ProblemText) throws {
        try session.passOver(
            argument, or: Problem(.noEffect, text, field: argument, fix: "Leave it out, or send email."))
    }

    private mutating func makeCompany() throws -> Doc<Company> {
        let command = Command(
            .insert, "Company", nil,
            [
                "company_name": .string(plan.company), "abbr": .string(abbr),
                "default_currency": .string(plan.currency),
                "country": .string(plan.country.name), "chart_of_accounts": .string(plan.chartName),
                "domain": .string(plan.domain),
            ])
        guard let document = try Self.naming({ try session.perform(command).document }) else {
            throw Problem(.inconsistent, "The company was not kept")
        }
        if let chart = plan.chart {
            let company = Doc<Company>(try session.get("Company", document.name))
            try CompanySetup.makeAccounts(chart, for: company, in: session)
            try session.save(company)
        }
        let company = Doc<Company>(try session.get("Company", document.name))
        counts.add("Company", made: 1)
        for doctype in ["Account", "Cost Center", "Warehouse"] {
            guard let type = session.registry.find(doctype) else { continue }
            let row = try session.transaction.first(
                "SELECT COUNT(*) FROM \(quoted(type.table)) WHERE company = ?", [.text(company.name)], [.integer])
            counts.add(doctype, made: row?[0].int.map(Int.init) ?? 0)
        }
        return company
    }

    /// Says of what a company is refused for which argument it is about.
    private static func naming<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch var problem as Problem where problem.doctype == "Company" {
            let arguments: [Name: String] = [
                "name": "company_name", "abbr": "company_abbr", "default_currency": "currency",
            ]
            if let field = problem.field { problem.field = arguments[Name(field)] ?? field }
            throw problem
        }
    }

    /// An account for each rate of the country's tax, on sales and on purchases. A chart that was given has its own.
    private mutating func makeTaxAccounts(of company: Doc<Company>) throws {
        guard plan.chart == nil, let taxes = plan.country.taxes else { return }
        var accounts: [JSONObject] = []
        for (root, prefix) in [("Liability", ""), ("Asset", "Input ")] {
            let groups = try session.transaction.query(
                """
                SELECT name FROM account WHERE company = ? AND root_type = ? AND account_type = 'Tax' AND is_group = 1
                """, [.text(company.name), .text(root)], [.text])
            // The first by bytes: servers order texts in ways of their own.
            guard let parent = Set<Name>(groups.compactMap(\.[0].text)).sorted().first else { continue }
            for rate in taxes.rates {
                accounts.append([
                    "account_name": .string("\(prefix)\(taxes.name) \(rate)%"), "company": .string(company.name),
                    "parent_account": .string(parent), "account_type": "Tax", "tax_rate": .decimal(rate),
                ])
            }
        }
        try session.insert(accounts.map { try session.document("Account", from: $0) })
        counts.add("Account", made: accounts.count)
    }

    /// Makes the documents of a step that are not there.
    private mutating func carryOut(_ step: SetupTemplates.Step, for company: Document) throws {
        let type = try session.registry.doctype(step.doctype)
        var records = step.records.compactMap { Self.filled(.object($0), from: company)?.object }
        if let parent = type.treeField {
            let hasRoot =
                try session.transaction.first(
                    "SELECT 1 FROM \(quoted(type.table)) WHERE \(quoted(parent)) IS NULL OR \(quoted(parent)) = '' LIMIT 1",
                    [],
                    [.integer]) != nil
            let parents = records.compactMap { $0[parent]?.string }
            let known = try session.values(of: type.name, parents, ["name"])
            records.removeAll { record in
                guard let above = record[parent]?.string else { return hasRoot }
                return known[above] == nil
            }
        }
        try insert(step.doctype, records)
    }

    /// Adds the documents that are not there. Those that are stay as they are, but for rows about the new company.
    private mutating func insert(_ doctype: String, _ records: [JSONObject]) throws {
        let type = try session.registry.doctype(doctype)
        guard case .field(let key) = type.naming else {
            preconditionFailure("what is set up is called by a field")
        }
        let names = records.map { $0[key]?.string ?? "" }
        let present = try session.values(of: doctype, names, ["name"])
        let new = zip(names, records).filter { present[$0.0] == nil }.map(\.1)
        try session.insert(new.map { try session.document(doctype, from: $0) })
        counts.add(doctype, made: new.count, present: records.count - new.count)
        for (name, record) in zip(names, records) where present[name] != nil {
            try addRows(of: record, to: doctype, name)
        }
    }

    /// Adds the rows of a record that name the new company to a document that has none of it.
    private func addRows(of record: JSONObject, to doctype: String, _ name: String) throws {
        for (field, value) in record.members {
            guard let rows = value.array, rows.contains(where: { $0["company"]?.string == plan.company }) else {
                continue
            }
            let document = try session.get(doctype, name)
            let present = document.table(field)
            guard !present.contains(where: { $0.text("company") == plan.company }) else { continue }
            let kept = present.map { JSON.object(["name": .string($0.name)]) }
            try session.perform(Command(.save, doctype, name, [field: .array(kept + rows)]))
        }
    }

    /// A record with `{field}` replaced by what the company holds; nil for one that names what it does not hold.
    static func filled(_ json: JSON, from company: Document) -> JSON? {
        switch json {
        case .string(let text):
            guard text.hasPrefix("{"), text.hasSuffix("}") else { return json }
            let value = company.text(String(text.dropFirst().dropLast()))
            return value.isEmpty ? nil : .string(value)
        case .array(let elements): return .array(elements.compactMap { filled($0, from: company) })
        case .object(let object):
            var result = JSONObject()
            for (key, value) in object.members {
                guard let value = filled(value, from: company) else { return nil }
                result[key] = value
            }
            return .object(result)
        default: return json
        }
    }

    // MARK: Users

    /// Makes the users and returns their names. The first has all roles that people are given.
    private mutating func makeUsers() throws -> [String] {
        var names: [String] = []
        for user in plan.users {
            var words = user.fullName.split(separator: " ").map(String.init)
            let first = words.isEmpty ? String(user.email.prefix { $0 != "@" }) : words.removeFirst()
            var content: JSONObject = [
                "email": .string(user.email), "first_name": .string(first),
                "last_name": .string(words.joined(separator: " ")),
                "language": .string(plan.language), "time_zone": .string(plan.timeZone),
                "defaults": [["defkey": "company", "defvalue": .string(plan.company)]],
            ]
            if let profile = user.roleProfile {
                if !profile.isEmpty { content["role_profile_name"] = .string(profile) }
            } else {
                content["roles"] = .array(try roles().map { ["role": .string($0)] })
            }
            do {
                guard let document = try session.perform(Command(.insert, "User", nil, content)).document else {
                    throw Problem(.inconsistent, "The user was not kept")
                }
                names.append(document.name)
            } catch var problem as Problem {
                // Its fields are arguments here.
                problem.field = user.field
                throw problem
            }
        }
        counts.add("User", made: names.count)
        return names
    }

    /// The roles there are, but for those that nobody is given because everybody has them.
    private func roles() throws -> [String] {
        let automatic: Set<Name> = ["Administrator", "All", "Guest", "Desk User"]
        let names = try session.transaction.query("SELECT name FROM role WHERE disabled = 0", [], [.text])
        return Set<Name>(names.compactMap(\.[0].text)).subtracting(automatic).sorted()
    }
}
