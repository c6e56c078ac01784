internal import Documents
internal import Values

/// Balances at the ends of many periods from one reading of the kept months; only edges within a month ask the ledger.
/// Who may not read all entries gets them from one reading of those it may.
final class PeriodBalances {
    private let company: String
    private let session: Session
    /// Debit less credit of each account in each month.
    private var months: [Int: [Name: Exact]] = [:]
    /// The same of each day, by month, for who may not read all of the ledger.
    private var days: [Int: [(day: Day, account: String, balance: Exact)]]?
    private var cache: [Day: [Name: Exact]] = [:]

    /// Reads the balances of a company.
    init(of company: String, in session: Session) throws {
        self.company = company
        self.session = session
        guard let condition = try ReadableBooks.condition(in: session) else {
            months = try AccountBalances.byMonth(of: company, through: Day.latest.monthIndex, in: session)
                .mapValues { $0.mapValues(\.balance) }
            return
        }
        let read = try ReadableBooks.byDay(of: company, under: condition, in: session)
        days = Dictionary(grouping: read, by: \.day.monthIndex)
        for (day, account, balance) in read { months[day.monthIndex, default: [:]][account, default: .zero] += balance }
    }

    /// Debit less credit from one day through another; nil is from the beginning.
    func balances(from start: Day?, through end: Day) throws -> [Name: Exact] {
        var total = try before(end.adding(days: 1))
        if let start {
            for (account, balance) in try before(start) { total[account] = (total[account] ?? .zero) - balance }
        }
        return total
    }

    private func before(_ day: Day) throws -> [Name: Exact] {
        if let known = cache[day] { return known }
        var total: [Name: Exact] = [:]
        for (month, balances) in months where month < day.monthIndex {
            for (account, balance) in balances { total[account, default: .zero] += balance }
        }
        for (account, balance) in try withinMonth(before: day) { total[account, default: .zero] += balance }
        cache[day] = total
        return total
    }

    /// What was moved in a day's month before the day.
    private func withinMonth(before day: Day) throws -> [(Name, Exact)] {
        if let days {
            return (days[day.monthIndex] ?? []).filter { $0.day < day }.map { (Name($0.account), $0.balance) }
        }
        guard day > day.startOfMonth else { return [] }
        return try AccountBalances.ledger(of: company, from: day.startOfMonth, before: day, in: session)
            .map { ($0.key, $0.value.balance) }
    }
}
