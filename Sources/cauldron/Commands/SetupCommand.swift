import ArgumentParser
import Documents
import Foundation
import SetupWizard
import Tenancy
import Values

/// Sets a company up, from nothing or beside others.
struct SetupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Set up a company that can trade.",
        discussion: """
            Makes what a company needs, all of it or nothing: currency, chart of accounts, fiscal years, warehouses, groups, \
            units, modes of payment and the first user. What is not given follows from the country; --template shows it. The \
            directory is made if there is none; in one that holds companies this is one more of them.

            A name and a country are asked for where they are not given and somebody is there to answer.

            Example: cauldron setup --data ./data --company "Müller & Söhne" --country Germany --email ana@example.com --password
            """)

    @Option(help: ArgumentHelp("The company's name.", valueName: "name"))
    var company: String?

    @Option(help: ArgumentHelp("Its country, by English name or two letters of ISO 3166.", valueName: "name"))
    var country: String?

    @Option(
        help: ArgumentHelp(
            "What stands behind the names of its accounts; made from the name unless given.", valueName: "ABC"))
    var abbr: String?

    @Option(help: ArgumentHelp("Its currency by ISO 4217.", valueName: "code"))
    var currency: String?

    @Option(
        help: ArgumentHelp(
            "A chart of accounts by its name, or a file of one's own as ERPNext writes charts.",
            valueName: "name|file.json"))
    var chart: String?

    @Option(help: ArgumentHelp("The first day of the first fiscal year.", valueName: "YYYY-MM-DD"))
    var fiscalYearStart: String?

    @Option(help: ArgumentHelp("Its last day; twelve months unless given.", valueName: "YYYY-MM-DD"))
    var fiscalYearEnd: String?

    @Option(help: ArgumentHelp("The language, by name or code.", valueName: "name"))
    var language: String?

    @Option(help: ArgumentHelp("The time zone of the first user.", valueName: "Area/City"))
    var timezone: String?

    @Option(help: ArgumentHelp("The e-mail address of the first user, who gets all roles.", valueName: "address"))
    var email: String?

    @Option(help: ArgumentHelp("That user's name.", valueName: "name"))
    var fullName: String?

    @Flag(help: "Ask for that user's password, or read it from standard input.")
    var password = false

    @Flag(help: "Only show what a company of the country is set up with.")
    var template = false

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard !password || email != nil else { throw ValidationError("--password is for the user of --email.") }
    }

    func run() async throws {
        if template { return try showTemplate() }
        var sent = try asked()
        // What cannot be is told before anything is made.
        _ = try SetupPlan(Arguments(sent))
        if password, let email { sent["password"] = .string(try Password.read(for: email)) }
        let call = try SetupCall(Arguments(sent))
        let directory = try data.directory
        let isThere = try await directory.address.holdsCompany()
        // A company that is served takes another one as it takes any other write.
        let lock = isThere ? nil : try await directory.take()
        defer { lock?.release() }
        let answer: JSON
        do {
            answer = try await directory.with(creating: !isThere) { tenant in
                try await call.run(on: tenant, as: .administrator) { answer, _ in answer }
            }
        } catch {
            lock?.undo()
            throw error
        }
        format.output.json(answer)
        show(answer)
        // A company beside another is served by the server of that one.
        format.output.remark("Serve it: cauldron serve --data \(data.tenant == nil ? directory.path : data.path)")
    }

    /// The arguments of the call. What has to be there is asked for where somebody can answer.
    private func asked() throws -> JSONObject {
        var sent = JSONObject()
        func put(_ name: String, _ text: String?) { if let text { sent[name] = .string(text) } }
        put("company_name", company ?? ask("Name of the company: "))
        put("country", country ?? ask("Country: "))
        for (name, text) in [
            ("company_abbr", abbr), ("currency", currency), ("fy_start_date", fiscalYearStart),
            ("fy_end_date", fiscalYearEnd),
            ("language", language), ("timezone", timezone), ("email", email), ("full_name", fullName),
        ] { put(name, text) }
        guard let chart else { return sent }
        guard chart.hasSuffix(".json") || chart.contains("/") else {
            put("chart_of_accounts", chart)
            return sent
        }
        guard let bytes = FileManager.default.contents(atPath: chart) else {
            throw Problem(.notFound, "The file \(chart) cannot be read", field: "chart")
        }
        do {
            sent["chart"] = try JSON.parse(Array(bytes), limits: .outside)
        } catch {
            throw Problem(
                .malformed, "\(chart) is not JSON: \(error.reason) at character \(error.offset)", field: "chart")
        }
        return sent
    }

    private func ask(_ question: String) -> String? {
        guard isatty(STDIN_FILENO) == 1, !format.json else { return nil }
        Output.write(question, to: .standardError)
        return readLine(strippingNewline: true)
    }

    private func showTemplate() throws {
        guard let country = country ?? ask("Country: ") else {
            throw Problem(.mandatory, "--template needs --country", field: "country")
        }
        guard let found = SetupTemplates.country(country) else {
            throw Problem(
                .notAnOption, "There is no country \(country)", field: "country",
                fix: "Give its English name or its two letters of ISO 3166.")
        }
        let template = found.template(on: Tenant.systemClock().day)
        format.output.json(.object(template))
        for (name, value) in template.members {
            let text =
                value.string ?? value.array.map { $0.map { $0.string ?? $0.text }.joined(separator: ", ") }
                ?? value.text
            format.output.line("\(name.replacing("_", with: " ")): \(text)")
        }
    }

    private func show(_ answer: JSON) {
        let years = (answer["fiscal_years"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
        format.output.line(
            "set up \(answer["company"]?.string ?? "") (\(answer["abbr"]?.string ?? "")) in \(answer["currency"]?.string ?? ""), fiscal years \(years)"
        )
        let made = (answer["made"]?.object?.members ?? []).map { "\($0.value.text) \($0.key)" }
        format.output.line("made \(made.joined(separator: ", "))")
        for user in (answer["users"]?.array ?? []).compactMap(\.string) where !password {
            format.output.remark("\(user) needs a password: cauldron user password \(user) --data \(data.path)")
        }
    }
}
