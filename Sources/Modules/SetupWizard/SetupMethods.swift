internal import Accounting
internal import Documents
internal import Storage
internal import Values

/// What sets a company up, and what there is to choose from.
enum SetupMethods {
    static let all = [complete, options, languages, countries, charts]

    private static let wizard = "frappe.desk.page.setup_wizard.setup_wizard"

    /// Passwords never come here: what calls it sets them in the same transaction. Because they are in the call, no answer is
    /// kept for it.
    private static let complete = Method(
        "\(wizard).setup_complete", writes: true, parameters: SetupPlan.parameters,
        summary:
            "Sets a company up: currency, chart of accounts, fiscal years, warehouses, groups, units, modes of payment, users. All of it or nothing.",
        aliases: ["cauldron.setup"], keepsAnswers: false
    ) { arguments, session in
        try permit(session)
        let plan = try SetupPlan(arguments)
        for name in plan.stray {
            try session.passOver(
                name,
                or: Problem(
                    .unknownField, "Setting up takes no \(name.prefix(140))", field: name,
                    fix: "Leave it out, or correct its name."))
        }
        return try session.privileged {
            var work = SetupWork(plan, in: session)
            return try work.run()
        }
    }

    /// Who manages the system sets companies up: it makes users of all roles.
    private static func permit(_ session: Session) throws {
        let actor = session.actor
        guard actor.scopes == nil, actor.isAdministrator || actor.roles.contains("System Manager") else {
            throw Problem(
                .forbidden, "\(actor.user) may not set up a company", fix: "Ask a System Manager, or sign in as one.")
        }
    }

    private static let options = Method(
        "cauldron.setup.options",
        parameters: [
            .optional("country", "A country: then what a company there is set up with unless something else is sent.")
        ],
        summary:
            "What a company can be set up with: countries, currencies, languages, time zones and charts of accounts."
    ) { arguments, session in
        try permit(session)
        guard let text = arguments.text("country") else {
            return [
                "countries": .array(
                    SetupTemplates.countries.map {
                        [
                            "name": .string($0.name), "code": .string($0.code), "currency": .string($0.currency),
                            "has_taxes": .bool($0.taxes != nil),
                        ]
                    }),
                "currencies": .array(
                    CurrencyFacts.all.map {
                        ["code": .string($0.code), "name": .string($0.name), "symbol": .string($0.symbol)]
                    }),
                "languages": .array(
                    SetupTemplates.languages.map { ["code": .string($0.code), "name": .string($0.name)] }),
                "timezones": .array(SetupTemplates.timeZones.map(JSON.string)),
                "charts": .array(chartNames.map(JSON.string)),
                "companies": .int(Int64(try session.transaction.query("SELECT name FROM company", [], [.text]).count)),
            ]
        }
        guard let country = SetupTemplates.country(text) else {
            throw Problem(
                .notAnOption, "There is no country \(text)", field: "country", fix: "Send one of the countries.")
        }
        return .object(country.template(on: session.today))
    }

    private static let chartNames = ChartOfAccounts.names.filter { $0 != ChartOfAccounts.custom }

    private static let languages = Method(
        "\(wizard).load_languages", summary: "The languages, as Frappe's wizard asks for them."
    ) { _, session in
        let names = SetupTemplates.languages
        return [
            "default_language": "English", "languages": .array(names.map { .string($0.name) }),
            "codes_to_names": .object(JSONObject(names.map { ($0.code, JSON.string($0.name)) })),
        ]
    }

    private static let countries = Method(
        "frappe.geo.country_info.get_country_timezone_info", allowsGuests: true,
        summary: "The countries with their currencies and time zones, as Frappe's wizard asks for them."
    ) { _, _ in
        let info = SetupTemplates.countries.map { country -> (String, JSON) in
            let facts = CurrencyFacts.named(country.currency)
            return (
                country.name,
                [
                    "code": .string(country.code.lowercased()), "currency": .string(country.currency),
                    "currency_name": .string(facts?.name ?? ""), "currency_symbol": .string(facts?.symbol ?? ""),
                    "currency_fraction": .string(facts?.fraction ?? ""),
                    "currency_fraction_units": .int(Int64(facts?.units ?? 100)),
                    "date_format": .string(country.dateFormat), "number_format": .string(country.numberFormat),
                    "timezones": .array(country.timeZones.map(JSON.string)),
                ]
            )
        }
        return [
            "country_info": .object(JSONObject(info)),
            "all_timezones": .array(SetupTemplates.timeZones.map(JSON.string)),
        ]
    }

    private static let charts = Method(
        "erpnext.accounts.doctype.account.chart_of_accounts.chart_of_accounts.get_charts_for_country",
        parameters: [
            .required("country", "The country."),
            .optional("with_standard", "There are no others: 1 and 0 give the same."),
        ], summary: "The charts of accounts for a country, by their names."
    ) { arguments, _ in
        let text = try arguments.required("country")
        guard SetupTemplates.country(text) != nil else {
            throw Problem(.notAnOption, "There is no country \(text)", field: "country", fix: "Send its English name.")
        }
        return .array(chartNames.map(JSON.string))
    }
}
