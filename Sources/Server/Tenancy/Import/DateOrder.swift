internal import Values

/// How days are written: the order of year, month and day, or days counted as spreadsheets do.
public enum DateOrder: String, Sendable, CaseIterable {
    case yearMonthDay = "YMD"
    case dayMonthYear = "DMY"
    case monthDayYear = "MDY"
    /// Days since the end of 1899, with a 29 February 1900 that was none.
    case serial
    /// Days since 1904-01-01, as in files of old Macintoshes.
    case serial1904 = "serial-1904"

    /// The day of a text; nil when it is none in this order.
    func day(_ text: Substring) -> Day? {
        switch self {
        case .serial, .serial1904:
            guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(text), 1...2_958_465 ~= number else {
                return nil
            }
            if self == .serial1904 { return Day(year: 1904, month: 1, day: 1)?.adding(days: number) }
            // There was no 60th day.
            guard number != 60 else { return nil }
            return Day(year: 1899, month: 12, day: number < 60 ? 31 : 30)?.adding(days: number)
        default: break
        }
        if text.utf8.count == 8, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) {
            guard self == .yearMonthDay, let number = Int(text) else { return nil }
            return Day(year: number / 10_000, month: number / 100 % 100, day: number % 100)
        }
        guard let sign = text.first(where: { !("0"..."9").contains($0) }), "-/. ".contains(sign) else { return nil }
        var parts = text.split(separator: sign, omittingEmptySubsequences: false).map(Cell.trimmed)
        // `1.2.2026.` is written, too.
        if sign == ".", parts.count == 4, parts[3].isEmpty { parts.removeLast() }
        guard parts.count == 3 else { return nil }
        let numbers = parts.compactMap { part -> Int? in
            1...4 ~= part.utf8.count && part.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? Int(part) : nil
        }
        guard numbers.count == 3 else { return nil }
        let order =
            switch self {
            case .dayMonthYear: (2, 1, 0)
            case .monthDayYear: (2, 0, 1)
            default: (0, 1, 2)
            }
        guard parts[order.1].utf8.count <= 2, parts[order.2].utf8.count <= 2 else { return nil }
        let year: Int
        switch parts[order.0].utf8.count {
        case 4: year = numbers[order.0]
        // Of two digits those up to 69 are of this century.
        case 2: year = numbers[order.0] + (numbers[order.0] < 70 ? 2000 : 1900)
        default: return nil
        }
        return Day(year: year, month: numbers[order.1], day: numbers[order.2])
    }

    /// The moment of a text that may have a time behind its day, as it is sent; nil when it is none in this order.
    func moment(_ text: String) -> String? {
        let text = Cell.trimmed(text)
        if self == .yearMonthDay, let moment = Timestamp(String(text)) { return moment.description }
        if self == .serial || self == .serial1904 {
            let parts = text.split(separator: ".", maxSplits: 1)
            guard let whole = parts.first, let day = day(whole) else { return nil }
            guard parts.count == 2 else { return "\(day) 00:00:00" }
            guard let share = Exact("0.\(parts[1])"), share >= .zero, share < .one else { return nil }
            let seconds = (share * Exact(86_400)).rounded(0)
            return Timestamp(day).adding(seconds: Int(seconds.wholeNumber ?? 0)).description
        }
        guard let end = text.firstIndex(where: { $0 == " " || $0 == "T" || $0 == "\u{A0}" || $0 == "," }) else {
            return day(text).map { "\($0) 00:00:00" }
        }
        guard let day = day(text[..<end]), let time = Self.time(text[end...].dropFirst()) else { return nil }
        return "\(day) \(time.utf8.dropFirst().first == 0x3A ? "0" : "")\(time)"
    }

    /// The time of a text, with `AM` or `PM` behind it or without, as it is sent.
    static func time(_ text: some StringProtocol) -> String? {
        var part = Cell.trimmed(text)
        var half: Int?
        let small = part.lowercased()
        for (word, hours) in [("am", 0), ("pm", 12), ("a.m.", 0), ("p.m.", 12)] where small.hasSuffix(word) {
            half = hours
            part = Cell.trimmed(part.dropLast(word.count))
        }
        if half == nil, let time = TimeOfDay(String(part)) { return time.description }
        var numbers = part.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard 1...3 ~= numbers.count, numbers.count > 1 || half != nil, let hour = Int(numbers[0]), hour >= 0 else {
            return nil
        }
        if let half {
            guard 1...12 ~= hour else { return nil }
            numbers[0] = String(hour % 12 + half)
        }
        if numbers.count == 1 { numbers.append("00") }
        if numbers[0].utf8.count == 1 { numbers[0] = "0" + numbers[0] }
        return TimeOfDay(numbers.joined(separator: ":"))?.description
    }
}
