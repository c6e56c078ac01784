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

    /// Reads `autoname`.
    ///
    /// - Throws: ``Problem/Kind/badMetadata`` when no rule is written like that.
    init(text: String) throws {
        let text = Substring(text).trimmed
        switch text.lowercased() {
        case "": self = .controller
        case "prompt": self = .prompt
        case "hash", "random": self = .hash
        case "autoincrement": self = .autoincrement
        case "uuid": self = .uuid
        case "naming_series:", "naming_series": self = .series([])
        default:
            if text.hasPrefix("field:") {
                self = .field(Substring(text.dropFirst(6)).trimmed)
            } else if text.hasPrefix("format:") {
                self = .format(String(text.dropFirst(7)))
            } else if text.contains("#") || text.hasSuffix(".") {
                self = .expression(text)
            } else {
                throw Problem(
                    .badMetadata, "autoname: there is no naming rule \(FieldDefinition.short(text))", field: "autoname",
                    fix: "Use field:…, naming_series:, format:…, prompt, hash, autoincrement, UUID or a series with #.")
            }
        }
    }
}
