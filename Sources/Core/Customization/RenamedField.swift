internal import Documents
internal import Metadata
internal import Values

/// One field that gets another name, and the properties that name it.
struct RenamedField {
    let old: String
    let new: String

    /// A property of a DocType or of one of its fields, with this field called by its new name. Conditions and formulas that
    /// are more than its name stay as they are.
    ///
    /// `field` and `fieldtype` are those of the field whose property it is, where they are known.
    func following(_ property: String, _ text: String, of field: String = "", fieldtype: String) -> String {
        switch property {
        case "title_field", "image_field", "nsm_parent_field", "timeline_field", "insert_after", "depends_on",
            "mandatory_depends_on", "read_only_depends_on":
            return text == old ? new : text
        case "search_fields", "sort_field": return listed(text)
        case "field_order":
            guard let names = (try? JSON.parse(text))?.array else { return text }
            return JSON.array(names.map { $0.string == old ? .string(new) : $0 }).text
        case "fetch_from": return text.hasPrefix("\(old).") ? new + text.dropFirst(old.count) : text
        case "autoname":
            if text == "field:\(old)" { return "field:\(new)" }
            return text.hasPrefix("format:") ? braced(text) : series(text)
        case "options" where fieldtype == "Dynamic Link" || fieldtype == "Image": return text == old ? new : text
        case "options" where field == "naming_series", "default" where field == "naming_series":
            return Text.lines(text).map { series(String($0)) }
                .joined(separator: "\n")
        case "options", "default": return braced(text)
        case "prefix": return series(text)
        default: return text
        }
    }

    /// A list of names with commas between them, each perhaps with a direction behind it.
    private func listed(_ text: String) -> String {
        text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let words = part.split(separator: " ", omittingEmptySubsequences: false)
            guard let place = words.firstIndex(where: { !$0.isEmpty }), words[place] == old else { return String(part) }
            var changed = words
            changed[place] = Substring(new)
            return changed.joined(separator: " ")
        }.joined(separator: ",")
    }

    private func braced(_ text: String) -> String { text.replacing("{\(old)}", with: "{\(new)}") }

    /// A series: its name in braces, or between dots.
    private func series(_ text: String) -> String {
        guard text.contains(".") else { return braced(text) }
        return braced(text).split(separator: ".", omittingEmptySubsequences: false).map { $0 == old ? new : String($0) }
            .joined(separator: ".")
    }
}

extension RenamedField {
    /// Lets a document of `DocType` follow.
    func follow(inType document: Document) -> Document {
        for key in ["title_field", "image_field", "sort_field", "nsm_parent_field", "search_fields", "autoname"] {
            follow(document, key, fieldtype: "")
        }
        for row in document.table("fields") { follow(inField: row) }
        return document
    }

    /// Lets a row of a DocType, or a Custom Field, follow.
    @discardableResult
    func follow(inField row: Document) -> Document {
        for key in [
            "insert_after", "depends_on", "mandatory_depends_on", "read_only_depends_on", "fetch_from", "options",
            "default",
        ] where row.has(key) { follow(row, key, fieldtype: row.text("fieldtype")) }
        return row
    }

    /// Lets a Document Naming Rule follow.
    func follow(inRule document: Document) -> Document {
        follow(document, "prefix", fieldtype: "")
        for row in document.table("conditions") where row.text("field") == old { row.set("field", new) }
        return document
    }

    private func follow(_ document: Document, _ key: String, fieldtype: String) {
        let text = document.text(key)
        guard !text.isEmpty else { return }
        let following = following(key, text, of: document.text("fieldname"), fieldtype: fieldtype)
        if following != text { document.set(key, following) }
    }
}
