internal import Documents
internal import Values

/// How values look on pages.
enum PageFormat {
    /// A value of a field, with a link where it names another document.
    static func cell(_ value: Value, _ type: FieldType, target: String? = nil) -> HTML {
        if value.isNull { return "" }
        switch type {
        case .check: return value.int == 1 ? "Yes" : "No"
        case .password: return "•••••"
        case .link, .dynamicLink:
            guard let target, let name = value.text, !name.isEmpty else { return HTML(value.description) }
            return "<a href=\"\(PageRoute.document(target, name).path)\">\(name)</a>"
        case .datetime: return HTML(String(value.description.prefix(16)))
        default: return HTML(text(value, type))
        }
    }

    /// A value as text: amounts with two decimals at least, and thousands apart.
    static func text(_ value: Value, _ type: FieldType) -> String {
        switch value {
        case .decimal: grouped(value.exact ?? .zero, decimals: type == .currency ? 2 : 0)
        case .int(let number): type == .int || type == .longInt ? grouped(Exact(number), decimals: 0) : String(number)
        default: value.description
        }
    }

    /// `1234567.5` as `1,234,567.50`, with so many decimals at least.
    static func grouped(_ number: Exact, decimals: Int) -> String {
        let text = number.description
        let isNegative = text.hasPrefix("-")
        let parts = (isNegative ? text.dropFirst() : text[...]).split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, whole.allSatisfy(\.isNumber) else { return text }
        var digits = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { digits.append(",") }
            digits.append(digit)
        }
        var fraction = parts.count > 1 ? String(parts[1]) : ""
        while fraction.count < decimals { fraction.append("0") }
        return (isNegative ? "−" : "") + digits + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// The class of a column's cells.
    static func alignment(_ type: FieldType) -> HTML {
        switch type.column {
        case .day, .timestamp, .time: " class=\"time\""
        default: type.isNumeric && type != .check ? " class=\"num\"" : ""
        }
    }

    /// Where a document stands, as a coloured word.
    static func tag(_ status: String) -> HTML {
        let look: HTML =
            switch status {
            case "Submitted", "Paid", "Completed", "Closed", "Enabled", "Return Issued", "Delivered", "Ordered": " good"
            case "Cancelled", "Overdue", "Lost", "Expired", "Disabled": " bad"
            case "Draft": ""
            default: " warn"
            }
        return "<span class=\"tag\(look)\">\(status)</span>"
    }

    /// The word for a docstatus.
    static func word(_ status: Int64?) -> String {
        switch status {
        case 1: "Submitted"
        case 2: "Cancelled"
        default: "Draft"
        }
    }
}
