internal import Documents
internal import Values

/// The inputs of filters, by the type of what is filtered.
enum FilterInput {
    static func html(
        _ name: String, _ label: String, _ type: FieldType, _ options: String?, _ value: String, required: Bool = false
    ) -> HTML {
        switch type {
        case .check: return select(name, label, [("", "Any"), ("1", "Yes"), ("0", "No")], value)
        case .select:
            let choices = Text.lines(options ?? "").filter { !$0.isEmpty }.map { (String($0), String($0)) }
            return select(name, label, (required ? [] : [("", "Any")]) + choices, value)
        case .date: return input(name, label, "date", value, required)
        case .datetime: return input(name, label, "text", value, required)
        default:
            let kind: HTML = type.isNumeric ? "text\" inputmode=\"decimal" : "text"
            return input(name, label, kind, value, required)
        }
    }

    static func select(_ name: String, _ label: String, _ choices: [(String, String)], _ value: String) -> HTML {
        let options = choices.map { choice -> HTML in
            let mark: HTML = choice.0 == value ? " selected" : ""
            return "<option value=\"\(choice.0)\"\(mark)>\(choice.1)</option>"
        }
        return """
            <div><label for="f-\(name)">\(label)</label><select id="f-\(name)" name="\(name)">\(HTML(options))</select></div>
            """
    }

    private static func input(_ name: String, _ label: String, _ kind: HTML, _ value: String, _ required: Bool) -> HTML
    {
        let mark: HTML = required ? " required" : ""
        return """
            <div><label for="f-\(name)">\(label)</label>\
            <input id="f-\(name)" name="\(name)" type="\(kind)" value="\(value)"\(mark)></div>
            """
    }
}
