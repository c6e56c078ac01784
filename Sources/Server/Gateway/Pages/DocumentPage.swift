internal import Collaboration
internal import Documents
internal import Lists
internal import Values

/// A document: its fields by section, its tables, what it is connected with, and what can be done with it.
struct DocumentPage {
    let document: Document
    let token: String
    /// What submitting or cancelling would do, if that was asked.
    var preview: Preview?

    /// What an action would do, to be looked at before it is done.
    struct Preview {
        let action: Command.Action
        let changeset: Changeset
        /// Whether it is another effect than the one that was agreed to.
        let isOther: Bool
    }

    private var type: DocType { document.doctype }

    func content(_ session: Session) throws -> HTML {
        let title = type.titleField.map { document.text($0) } ?? ""
        let heading: HTML =
            title.isEmpty || title == document.name
            ? HTML(document.name) : "\(title) <span class=\"count\">\(document.name)</span>"
        var status: HTML = type.isSubmittable ? PageFormat.tag(PageFormat.word(Int64(document.docstatus.rawValue))) : ""
        let word = document.text("status")
        if !word.isEmpty, word != PageFormat.word(document.docstatus.rawValue) { status += " " + PageFormat.tag(word) }
        return """
            <p class="crumbs">\(type.module) › <a href="\(PageRoute.list(type.name).path)">\(type.name)</a></p>
            <h1>\(heading)</h1>
            <p class="lead">\(status) Made by \(document.owner)\(changed)</p>
            \(actions(session))
            \(preview.map(effect) ?? "")
            \(try sections(session))
            \(try connections(session))
            """
    }

    private var changed: HTML {
        guard let modified = document.modified else { return "" }
        return ", last changed \(modified.description.prefix(16)) by \(document["modified_by"].description)"
    }

    // MARK: Fields

    private func sections(_ session: Session) throws -> HTML {
        var result: HTML = ""
        var heading = ""
        var items: HTML = ""
        func finish() {
            guard !items.source.isEmpty else { return }
            if !heading.isEmpty { result += "<h2>\(heading)</h2>" }
            result += "<div class=\"card\"><dl class=\"fields\">\(items)</dl></div>"
            items = ""
        }
        for field in type.fields where !field.flags.contains(.hidden) {
            if field.type == .sectionBreak || field.type == .tabBreak {
                finish()
                heading = field.label
            } else if field.type.isTable {
                finish()
                heading = ""
                result += try table(field, session)
            } else if field.type.column != nil {
                let value = document[field.name]
                if isNoise(value, field) { continue }
                items += "<div><dt>\(field.label)</dt><dd>\(cell(value, field, of: document))</dd></div>"
            }
        }
        finish()
        return result
    }

    /// What says nothing: no value, a zero that no list shows, and an amount in the company's currency that is the same.
    private func isNoise(_ value: Value, _ field: FieldDefinition) -> Bool {
        if value.isEmpty || field.type == .check && value.int == 0 { return true }
        if field.name.hasPrefix("base_"), document[String(field.name.dropFirst(5))] == value { return true }
        return Self.isBlank(value) && !field.flags.contains(.inListView)
    }

    private func cell(_ value: Value, _ field: FieldDefinition, of document: Document) -> HTML {
        let target = field.type == .dynamicLink ? document.text(field.options ?? "") : field.options
        return PageFormat.cell(value, field.type, target: target)
    }

    private func table(_ field: FieldDefinition, _ session: Session) throws -> HTML {
        let rows = document.table(field.name)
        guard !rows.isEmpty else { return "" }
        let child = try session.registry.doctype(field.options ?? "")
        // Columns that hold something, those of the list first in mind.
        let filled = child.fields.filter { column in
            column.type.column != nil && !column.flags.contains(.hidden)
                && rows.contains { !Self.isBlank($0[column.name]) }
        }
        let listed = filled.filter { $0.flags.contains(.inListView) }
        let columns = Array((listed.isEmpty ? filled : listed).prefix(10))
        let heads = columns.map { "<th scope=\"col\"\(PageFormat.alignment($0.type))>\($0.label)</th>" as HTML }
        let body = rows.map { row -> HTML in
            let cells = columns.map { column -> HTML in
                "<td\(PageFormat.alignment(column.type))>\(cell(row[column.name], column, of: row))</td>"
            }
            return "<tr><th scope=\"row\" class=\"num no\">\(row.idx)</th>\(HTML(cells))</tr>"
        }
        return """
            <h2>\(field.label)</h2>
            <div class="scroll" role="region" aria-label="\(field.label)" tabindex="0">
            <table><caption class="hidden">\(field.label)</caption>
            <thead><tr><th scope="col" class="num no">No.</th>\(HTML(heads))</tr></thead><tbody>\(HTML(body))</tbody></table></div>
            """
    }

    private static func isBlank(_ value: Value) -> Bool { value.isEmpty || value.exact?.isZero == true }

    // MARK: Connections

    /// What its rows were made from, and lists of the documents that link to this one.
    private func connections(_ session: Session) throws -> HTML {
        var links = try sources(session)
        for other in session.registry.doctypes where links.count < 24 {
            for field in other.fields where points(field) {
                let owners = other.kind == .child ? session.registry.parents(of: other.name) : [other]
                for owner in owners where owner.name != type.name && session.may(.read, owner) {
                    var query = ListQuery(owner.name)
                    query.filters = [[.string(field.name), "=", .string(document.name)]]
                    guard owner.kind != .child, owner.slot(of: field.name) != nil || other.kind == .child,
                        let count = try session.ifOpen({ try session.count(query) }), count > 0
                    else { continue }
                    let path =
                        PageRoute.list(owner.name).path + "?is." + PercentCoding.encode(field.name) + "="
                        + PercentCoding.encode(document.name)
                    let through: HTML = field.label == type.name ? "" : " <span class=\"count\">\(field.label)</span>"
                    let link: HTML = "<li><a href=\"\(path)\">\(owner.name) <b>\(count)</b>\(through)</a></li>"
                    if !links.contains(where: { $0.source == link.source }) { links.append(link) }
                }
            }
        }
        guard !links.isEmpty else { return "" }
        return "<h2>Connected with</h2><ul class=\"links\">\(HTML(links))</ul>"
    }

    /// The documents its rows name, such as the order that is delivered.
    private func sources(_ session: Session) throws -> [HTML] {
        var links: [HTML] = []
        var seen: Set<String> = []
        for (table, _) in type.tables {
            for field in try session.registry.doctype(table.options ?? "").fields where field.type == .link {
                guard let target = session.registry.find(field.options ?? ""), target.isSubmittable else { continue }
                for row in document.table(table.name) {
                    let name = row.text(field.name)
                    guard !name.isEmpty, links.count < 8, seen.insert(target.name + "/" + name).inserted else {
                        continue
                    }
                    links.append(
                        "<li><a href=\"\(PageRoute.document(target.name, name).path)\">\(target.name) <b>\(name)</b></a></li>"
                    )
                }
            }
        }
        return links
    }

    private func points(_ field: FieldDefinition) -> Bool {
        switch field.type {
        case .link: field.options == type.name && field.name != "amended_from"
        // Names of one DocType are not those of another as a rule: its series say which it is.
        case .dynamicLink: field.name.hasSuffix("voucher_no") || field.name == "reference_name"
        default: false
        }
    }

    // MARK: Actions

    private func actions(_ session: Session) -> HTML {
        guard type.isSubmittable else { return "" }
        switch document.docstatus {
        case .draft where session.may(.submit, type):
            return """
                <div class="actions">\(form("submit", "Preview submitting", ("preview", "1")))\(form("submit", "Submit", isQuiet: true))</div>
                """
        case .submitted where session.may(.cancel, type) && preview == nil:
            return "<div class=\"actions\">\(form("cancel", "Cancel this document …", isQuiet: true))</div>"
        default: return ""
        }
    }

    private func form(
        _ action: HTML, _ label: HTML, _ more: (name: HTML, value: String)? = nil, isQuiet: Bool = false
    ) -> HTML {
        let field: HTML = more.map { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">" } ?? ""
        return """
            <form method="post" action="\(PageRoute.document(type.name, document.name).path)">\
            <input type="hidden" name="csrf_token" value="\(token)"><input type="hidden" name="action" value="\(action)">\
            \(field)<button\(isQuiet ? " class=\"quiet\"" : "" as HTML)>\(label)</button></form>
            """
    }

    /// What an action would do, and the way to do it where it is only done so.
    private func effect(_ preview: Preview) -> HTML {
        let shown = Self.changeset(preview.changeset)
        guard preview.action == .cancel else { return shown }
        let other: HTML =
            preview.isOther
            ? "<div class=\"note bad\" role=\"alert\">Something has changed since you looked: this is the effect now.</div>"
            : ""
        let path = PageRoute.document(type.name, document.name).path
        return """
            \(other)\(shown)<div class="actions">\
            \(form("cancel", "Cancel \(document.name) now", ("confirm", preview.changeset.hash)))\
            <a href="\(path)">Leave it as it is</a></div>
            """
    }

    /// What a rehearsal found.
    private static func changeset(_ changeset: Changeset) -> HTML {
        let documents = changeset.shownDocuments.map { effect -> HTML in
            let changes = effect.changed.prefix(8).map { change in
                "\(change.field): \(change.old.description) → \(change.new.description)"
            }
            return """
                <tr><td>\(effect.action)</td><td>\(effect.doctype)</td><th scope="row">\(effect.name)</th>\
                <td>\(changes.joined(separator: "; "))</td></tr>
                """
        }
        var postings: HTML = ""
        for posting in changeset.shownPostings {
            let rows = posting.rows.compactMap(\.object)
            // What is empty in all rows, and what only names the row, says nothing here.
            let names = (rows.first?.members.map(\.key) ?? []).filter { name in
                !hiddenInPostings.contains(name)
                    && rows.contains { row in
                        guard let value = row[name] else { return false }
                        return !value.isNull && value != 0 && value != ""
                    }
            }
            let heads = names.prefix(9).map { "<th scope=\"col\">\(Text.title($0))</th>" as HTML }
            let body = rows.map { row -> HTML in
                let cells = names.prefix(9).map { name -> HTML in
                    let value = row[name] ?? .null
                    let alignment: HTML = value.exact == nil ? "" : " class=\"num\""
                    return "<td\(alignment)>\(value.isNull ? "" : value.string ?? value.text)</td>"
                }
                return "<tr>\(HTML(cells))</tr>"
            }
            postings += """
                <h3>Posted to \(posting.doctype)</h3><div class="scroll"><table><thead><tr>\(HTML(Array(heads)))</tr></thead>\
                <tbody>\(HTML(body))</tbody></table></div>
                """
        }
        return """
            <section class="note" aria-label="What it would do"><h2>What it would do</h2>
            <p>Nothing has happened yet. This is every effect the action would have now.</p>
            <div class="scroll"><table><thead><tr><th scope="col">Action</th><th scope="col">DocType</th>\
            <th scope="col">Document</th><th scope="col">Changes</th></tr></thead><tbody>\(HTML(documents))</tbody></table></div>
            \(postings)</section>
            """
    }

    private static let hiddenInPostings: Set = [
        "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "doctype", "voucher_type",
        "voucher_no",
        "company", "posting_date",
    ]
}
