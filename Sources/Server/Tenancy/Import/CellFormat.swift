internal import Documents
internal import Values

/// How the cells of a column are read.
enum CellFormat: Sendable, Equatable {
    /// As they are, without the spaces around them where `isLine`.
    case text(isLine: Bool)
    case number(NumberStyle)
    case day(DateOrder)
    case moment(DateOrder)
    case time
    case flag

    /// The cell in the form in which fields take it; one that does not fit stays as it is, and its field refuses it.
    ///
    /// - Throws: ``Problem/Kind/wrongType`` for a number of the other style, which its field would take for another.
    func sent(_ cell: String, _ field: FieldDefinition) throws -> String {
        if cell.isEmpty { return cell }
        switch self {
        case .text(let isLine):
            guard isLine, Cell.hasSpacesAround(cell) else { return cell }
            let text = String(Cell.trimmed(cell))
            // Spaces alone are kept where any text may stand, so that an export reads back as it was.
            return text.isEmpty && field.type == .data ? cell : text
        case .number(let style):
            if let number = style.canonical(cell) { return number }
            if Cell.trimmed(cell).isEmpty { return "" }
            guard Exact(cell) == nil || style == .point else {
                throw Problem(
                    .wrongType, "\(field.label) must be a number with a comma before its decimals", field: field.name,
                    fix: "Write all numbers of the column alike, or say --decimal.")
            }
            return cell
        case .day(let order):
            let text = Cell.trimmed(cell)
            if let day = order.day(text) { return day.description }
            // A time behind a day moves it nowhere; an offset does not either, which the field sees to.
            if order != .yearMonthDay, let moment = order.moment(cell) { return String(moment.prefix(10)) }
            return String(text)
        case .moment(let order): return order.moment(cell) ?? String(Cell.trimmed(cell))
        case .time: return DateOrder.time(cell) ?? String(Cell.trimmed(cell))
        case .flag: return Cell.flag(cell) ?? cell
        }
    }

    /// The form as people read it in findings.
    var words: String {
        switch self {
        case .text: "text"
        case .number(.point): "decimals behind a point"
        case .number(.comma): "decimals behind a comma"
        case .day(let order), .moment(let order):
            switch order {
            case .yearMonthDay: "year, month, day"
            case .dayMonthYear: "day, month, year"
            case .monthDayYear: "month, day, year"
            case .serial: "days counted since 1900"
            case .serial1904: "days counted since 1904"
            }
        case .time: "times of the day"
        case .flag: "yes or no"
        }
    }
}

/// Finds out how the cells of one column are written, from all of them.
struct ColumnFinder {
    private let field: FieldDefinition
    private let kind: Kind
    private var filled = 0
    private(set) var spaces = 0
    private var words: Set<String> = []
    /// How many cells fit each style or order.
    private var styles: [NumberStyle: Int] = [:]
    private var orders: [DateOrder: Int] = [:]
    /// A cell that means different things in those that fit it.
    private var twofold: String?
    /// A cell that fits only one.
    private var telling: [String: String] = [:]

    private enum Kind { case text, number, day, moment, time, flag }

    init(_ field: FieldDefinition) {
        self.field = field
        switch field.type.column {
        case .integer: kind = field.type == .check ? .flag : .number
        case .decimal: kind = .number
        case .day: kind = .day
        case .timestamp: kind = .moment
        case .time: kind = .time
        default: kind = .text
        }
    }

    /// Looks at a cell.
    mutating func note(_ cell: String) {
        if cell.isEmpty { return }
        if Cell.hasSpacesAround(cell) { spaces += 1 }
        switch kind {
        case .text, .time: return
        case .flag: if words.count < 20 { words.insert(String(Cell.trimmed(cell))) }
        case .number:
            filled += 1
            let read = NumberStyle.allCases.compactMap { style in
                style.canonical(cell).flatMap { number in isFitting(number) ? (style, number) : nil }
            }
            for (style, _) in read { styles[style, default: 0] += 1 }
            note(cell, read.map { ($0.0.rawValue, $0.1) })
        case .day, .moment:
            filled += 1
            let text = Cell.trimmed(cell)
            let read = DateOrder.allCases.dropLast().compactMap { order -> (DateOrder, String)? in
                (order.day(text).map { "\($0)" } ?? order.moment(cell)).map { (order, $0) }
            }
            for (order, _) in read { orders[order, default: 0] += 1 }
            note(cell, read.map { ($0.0.rawValue, $0.1) })
        }
    }

    private mutating func note(_ cell: String, _ read: [(name: String, value: String)]) {
        if read.count == 1 {
            if telling[read[0].name] == nil { telling[read[0].name] = cell }
        } else if let first = read.first, twofold == nil, read.contains(where: { $0.value != first.value }) {
            twofold = cell
        }
    }

    /// A number with decimals is none of an Int, so that its point is one between thousands.
    private func isFitting(_ number: String) -> Bool {
        guard field.type.column == .integer else { return true }
        return Exact(number)?.wholeNumber != nil
    }

    // MARK: What was found

    /// The one style that all cells fit, where no other does.
    var style: NumberStyle? {
        let fitting = NumberStyle.allCases.filter { styles[$0] == filled }
        return kind == .number && filled > 0 && fitting.count == 1 ? fitting[0] : nil
    }

    /// The one order that all cells fit, where no other does.
    var order: DateOrder? {
        let fitting = DateOrder.allCases.filter { orders[$0] == filled }
        return (kind == .day || kind == .moment) && filled > 0 && fitting.count == 1 ? fitting[0] : nil
    }

    /// How the column is read and why, by what was said of the file and what its other columns show.
    ///
    /// - Throws: ``Problem/Kind/ambiguous`` where the cells could mean different things.
    func format(
        said: Import.Reading, style other: (style: NumberStyle, column: String)?,
        order shown: (order: DateOrder, column: String)?
    ) throws -> (format: CellFormat, reason: String) {
        switch kind {
        case .text:
            return (.text(isLine: field.type.isLine), spaces > 0 && field.type.isLine ? "without spaces around it" : "")
        case .time: return (.time, "")
        case .flag:
            let others = words.subtracting(["0", "1"]).sorted()
            return (.flag, others.isEmpty ? "" : "written as \(others.joined(separator: ", "))")
        case .number:
            if let style = said.decimal { return (.number(style), "as was said") }
            let best = NumberStyle.allCases.max { styles[$0, default: 0] < styles[$1, default: 0] } ?? .point
            let complete = NumberStyle.allCases.filter { styles[$0, default: 0] == styles[best, default: 0] }
            if complete.count == 1 || twofold == nil { return (.number(best), why(best.rawValue)) }
            if let other { return (.number(other.style), "as in \(other.column)") }
            throw Problem(
                .ambiguous, "\(twofold ?? "") may have its decimals or its thousands behind the sign",
                field: field.name, fix: "Say which sign stands before decimals: --decimal . or --decimal ,")
        case .day, .moment:
            func made(_ order: DateOrder) -> CellFormat { kind == .day ? .day(order) : .moment(order) }
            if let order = said.dates { return (made(order), "as was said") }
            let best = DateOrder.allCases.max { orders[$0, default: 0] < orders[$1, default: 0] } ?? .yearMonthDay
            let complete = DateOrder.allCases.filter { orders[$0, default: 0] == orders[best, default: 0] }
            if complete.count == 1 || twofold == nil { return (made(complete.first ?? best), why(best.rawValue)) }
            if let shown, complete.contains(shown.order) { return (made(shown.order), "as in \(shown.column)") }
            throw Problem(
                .ambiguous, "\(twofold ?? "") may be \(complete.map(\.rawValue).joined(separator: " or "))",
                field: field.name,
                fix:
                    "Say in which order days are written: --dates \(complete.map(\.rawValue).joined(separator: " or --dates "))"
            )
        }
    }

    private func why(_ name: String) -> String { telling[name].map { "such as \($0)" } ?? "" }
}

extension Problem.Kind {
    /// What is sent may mean different things.
    static let ambiguous = Self("ambiguous")
}
