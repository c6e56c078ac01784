internal import Accounting
internal import Documents
internal import SetupData
package import Values

/// What companies of a country usually have.
package struct CountryTemplate: Sendable {
    /// What it is called in English.
    package let name: String
    /// The two letters of ISO 3166.
    package let code: String
    /// The currency that is tried first.
    package let currency: String
    /// The languages that people speak there, by their codes, the one of most first.
    package let languages: [String]
    /// The time zones, the usual one first.
    package let timeZones: [String]
    /// How dates are written, as System Settings have it.
    package let dateFormat: String
    /// How numbers are written, as System Settings have it.
    package let numberFormat: String
    /// The day on which weeks begin.
    package let firstDayOfTheWeek: String
    /// When the fiscal year begins: a month and a day.
    package let fiscalYearStart: (month: Int, day: Int)
    /// What the tax on sales is called, and its rates in percent, the usual one first; none where no template says.
    package let taxes: (name: String, rates: [Exact])?

    /// The fiscal year that a day is in: twelve months.
    package func fiscalYear(of day: Day) -> ClosedRange<Day> {
        let start = Day(year: day.year, month: fiscalYearStart.month, day: fiscalYearStart.day) ?? day.startOfYear
        let first = start <= day ? start : start.adding(years: -1)
        return first...first.adding(years: 1).adding(days: -1)
    }

    /// What a company there is set up with on a day, by the arguments of the call, and what there is to choose from.
    package func template(on day: Day) -> JSONObject {
        let year = fiscalYear(of: day)
        return [
            "country": .string(name), "code": .string(code), "currency": .string(currency),
            "language": .string(languages[0]), "timezone": .string(timeZones[0]),
            "chart_of_accounts": .string(ChartOfAccounts.names[0]),
            "fy_start_date": .string(year.lowerBound.description), "fy_end_date": .string(year.upperBound.description),
            "languages": .array(languages.map(JSON.string)), "timezones": .array(timeZones.map(JSON.string)),
            "date_format": .string(dateFormat), "number_format": .string(numberFormat),
            "first_day_of_the_week": .string(firstDayOfTheWeek), "tax": .string(taxes?.name ?? ""),
            "tax_rates": .array((taxes?.rates ?? []).map { .decimal($0) }),
        ]
    }
}

/// The data that companies are set up from.
package enum SetupTemplates {
    /// A part of setting up: documents of one DocType.
    struct Step: Sendable {
        let title: String
        let doctype: String
        /// With `{field}` for a field of the new company.
        let records: [JSONObject]
    }

    /// The countries, in the order of their names.
    package static let countries: [CountryTemplate] = {
        var taxes: [Name: (name: String, rates: [Exact])] = [:]
        for row in rows(unsafe String(cString: setup_taxes())) {
            let rates = (row["rates"]?.array ?? []).compactMap { $0.string.flatMap { Exact($0) } }
            taxes[Name(row.text("country"))] = (row.text("tax"), rates)
        }
        return rows(unsafe String(cString: setup_countries())).map { row in
            let start = row.text("fiscal_year_start").split(separator: "-").compactMap { Int($0) }
            precondition(start.count == 2, "a fiscal year begins in a month on a day")
            return CountryTemplate(
                name: row.text("name"), code: row.text("code"), currency: row.text("currency"),
                languages: row.texts("languages"), timeZones: row.texts("time_zones"),
                dateFormat: row.text("date_format"), numberFormat: row.text("number_format"),
                firstDayOfTheWeek: row.text("first_day_of_the_week"), fiscalYearStart: (start[0], start[1]),
                taxes: taxes[Name(row.text("code"))])
        }
    }()

    /// The languages by their codes, in the order of these.
    static let languages: [(code: String, name: String)] = rows(unsafe String(cString: setup_languages())).map {
        ($0.text("code"), $0.text("name"))
    }

    /// The time zones, each once, in order.
    static let timeZones: [String] = Set<Name>(countries.flatMap { $0.timeZones } + ["UTC"]).sorted()

    /// What every company begins with, in this order.
    static let steps: [Step] = rows(unsafe String(cString: setup_records())).map { row in
        Step(
            title: row.text("title"), doctype: row.text("doctype"),
            records: (row["records"]?.array ?? []).compactMap(\.object))
    }

    /// The country of a name or of two letters, however large they are written; nil where there is none.
    package static func country(_ text: String) -> CountryTemplate? {
        let wanted = folded(text)
        return countries.first { folded($0.name) == wanted || folded($0.code) == wanted }
    }

    /// The code of a language of a name or a code; nil where there is none.
    static func language(_ text: String) -> String? {
        let wanted = folded(text)
        return languages.first { folded($0.name) == wanted || $0.code == wanted }?.code
    }

    private static func folded(_ text: String) -> String {
        text.normalized.lowercased().replacing("’", with: "'").replacing(" and ", with: " & ")
    }

    private static func rows(_ text: String) -> [JSONObject] {
        guard let rows = try? JSON.parse(text).array else {
            preconditionFailure("the templates that are compiled in can be read")
        }
        return rows.compactMap(\.object)
    }
}

extension JSONObject {
    fileprivate func text(_ key: String) -> String { self[key]?.string ?? "" }
    fileprivate func texts(_ key: String) -> [String] { (self[key]?.array ?? []).compactMap(\.string) }
}
