public import Values

/// What a field holds, by the names Frappe's DocTypes use.
public enum FieldType: String, Sendable, CaseIterable {
    case data = "Data"
    case link = "Link"
    case dynamicLink = "Dynamic Link"
    case select = "Select"
    case check = "Check"
    case int = "Int"
    case longInt = "Long Int"
    case currency = "Currency"
    case float = "Float"
    case percent = "Percent"
    case rating = "Rating"
    case duration = "Duration"
    case date = "Date"
    case datetime = "Datetime"
    case time = "Time"
    case smallText = "Small Text"
    case text = "Text"
    case longText = "Long Text"
    case textEditor = "Text Editor"
    case htmlEditor = "HTML Editor"
    case markdownEditor = "Markdown Editor"
    case code = "Code"
    case json = "JSON"
    case password = "Password"
    case readOnly = "Read Only"
    case attach = "Attach"
    case attachImage = "Attach Image"
    case color = "Color"
    case icon = "Icon"
    case phone = "Phone"
    case autocomplete = "Autocomplete"
    case barcode = "Barcode"
    case signature = "Signature"
    case geolocation = "Geolocation"
    case table = "Table"
    case tableMultiSelect = "Table MultiSelect"
    case sectionBreak = "Section Break"
    case columnBreak = "Column Break"
    case tabBreak = "Tab Break"
    case heading = "Heading"
    case html = "HTML"
    case image = "Image"
    case button = "Button"
    case fold = "Fold"

    /// The column a value of this type is kept in; nil for layout and for tables, whose rows are kept in their own.
    public var column: ColumnType? {
        switch self {
        case .check, .int, .longInt: .integer
        case .currency: .decimal(scale: 4)
        case .float, .percent, .rating, .duration: .decimal(scale: 9)
        case .date: .day
        case .datetime: .timestamp
        case .time: .time
        case .table, .tableMultiSelect, .sectionBreak, .columnBreak, .tabBreak, .heading, .html, .image, .button, .fold:
            nil
        default: .text
        }
    }

    /// Rows of a child DocType.
    public var isTable: Bool { self == .table || self == .tableMultiSelect }

    /// The beginning of a tab, a section or a column of the form.
    var isBreak: Bool { self == .tabBreak || self == .sectionBreak || self == .columnBreak }

    /// A number; empty counts as zero.
    public var isNumeric: Bool {
        switch column {
        case .integer, .decimal: true
        default: false
        }
    }

    /// Text with markup that a browser would carry out.
    package var isMarkup: Bool { self == .textEditor || self == .htmlEditor }

    /// Whether an index holds its values: numbers, moments and text of one line.
    var isIndexable: Bool { column != nil && (column != .text || isLine) }

    /// Text of one line, which has at most 140 characters unless the field says otherwise.
    public var isLine: Bool {
        switch self {
        case .data, .link, .dynamicLink, .select, .readOnly, .color, .icon, .phone, .autocomplete: true
        default: false
        }
    }
}
