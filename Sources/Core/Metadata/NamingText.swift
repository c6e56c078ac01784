internal import Values

extension DocType.Naming {
    /// How Frappe writes it as `autoname`; nil when nothing is written: the controller's choice, or 15 characters.
    var text: String? {
        switch self {
        case .series: "naming_series:"
        case .field(let name): "field:\(name)"
        case .prompt: "prompt"
        case .hash: "hash"
        case .expression(let text): text
        case .format(let text): "format:\(text)"
        case .autoincrement: "autoincrement"
        case .uuid: "UUID"
        case .controller: nil
        }
    }

    /// Whether a rule for names is written like that.
    static func isRule(_ text: String) -> Bool { read(text) != nil }

    /// Reads `autoname`. What is no rule stands for names by chance, as in Frappe.
    init(text: String) { self = Self.read(text) ?? .hash }

    private static func read(_ text: String) -> Self? {
        let text = Substring(text).trimmed
        switch text.lowercased() {
        case "": return .controller
        case "prompt": return .prompt
        case "hash", "random": return .hash
        case "autoincrement": return .autoincrement
        case "uuid": return .uuid
        case "naming_series:", "naming_series": return .series([])
        default:
            if text.hasPrefix("field:") { return .field(Substring(text.dropFirst(6)).trimmed) }
            if text.hasPrefix("format:") { return .format(String(text.dropFirst(7))) }
            return text.contains("#") || text.hasSuffix(".") ? .expression(text) : nil
        }
    }
}
