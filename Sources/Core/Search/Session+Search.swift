public import Documents
internal import Metadata
internal import Storage
internal import Values

/// A document that a search found.
public struct SearchHit: Sendable, Equatable {
    /// What it is.
    public let doctype: String
    /// Its name.
    public let name: String
    /// What people know it by.
    public let title: String
    /// A piece of its text as HTML, with `<mark>` around what was searched for; its title where that is all that fits.
    public let snippet: String
    /// How well it fits: greater is better; comparable within one search.
    public let rank: Int
}

extension Session {
    /// The documents whose words fit what is searched for, the best first, those of equal rank by name.
    ///
    /// Words are compared without regard to case and marks; all are found in a document's title and text together, of the
    /// fields that the actor may see. `"a phrase"`, `begin*` and `-not` mean what they say. Documents that the actor may not
    /// read are not found. Where more than ``Limits/searchCandidates`` documents fit, the best of those with the words in
    /// their titles, and else of as many others, are given.
    ///
    /// It costs at most three statements, and one for each DocType among the hits.
    ///
    /// - Throws: ``Problem/Kind/tooLong``, ``Problem/Kind/tooMany`` for what is too much; ``Problem/Kind/notFound`` for
    ///   a DocType that does not exist; ``Problem/Kind/forbidden`` for one that may not be listed.
    public func search(
        _ text: String, doctypes: [String] = [], start: Int = 0, limit: Int = Limits.pageRows
    ) throws -> [SearchHit] {
        let asked = try SearchQuery(text)
        guard !asked.query.required.isEmpty else { return [] }
        let scope = try searchScope(doctypes)
        guard !scope.types.isEmpty else { return [] }
        var found: [Reference: Int] = [:]
        for part in SearchScope.Part.allCases {
            // Words in a title weigh more than any in a text.
            if part == .text, found.count >= Limits.searchCandidates { break }
            try forEachCandidate(asked.query, scope, part) { row in
                guard let doctype = row[0].text, let name = row[1].text else { return }
                let title = (row[2].text ?? "").split(separator: " ")
                let content = part == .titleAlone ? [] : (row[3].text ?? "").split(separator: " ")
                let key = Reference(doctype, name)
                found[key] = max(found[key] ?? 0, asked.score(title: title, content: content))
            }
        }
        let ranked = found.sorted { one, two in
            (two.value, one.key.name, one.key.doctype) < (one.value, two.key.name, two.key.doctype)
        }
        let rest = ranked.dropFirst(max(0, start))
        let page = rest.prefix(min(max(0, limit), Limits.searchHits))
        if limit > page.count {
            // Of very many that fit only some were looked at: other words find the rest.
            if rest.count > page.count {
                noteMore("start=\(max(0, start) + page.count)")
            } else if found.count >= Limits.searchCandidates {
                noteMore("text")
            }
        }
        return try hits(Array(page), asked, scope)
    }

    // MARK: What may be found

    private struct SearchScope {
        /// What may be searched in, by DocType.
        var types: [String: (type: DocType, access: FieldAccess)] = [:]
        /// The condition on rows of the index of DocTypes whose text may be searched, and of those of which only the title
        /// may be; nil where there are none.
        var open: RowCondition?
        var titled: RowCondition?
        /// The words that tell the DocTypes, when they are few.
        var marks: [String] = []

        /// Where words are looked for, in this order.
        enum Part: CaseIterable {
            /// In titles of documents whose text is open, too.
            case title
            /// In titles of documents of which nothing else is: no word of their text may tell anything.
            case titleAlone
            /// In titles and texts together.
            case text
        }

        func condition(_ part: Part) -> RowCondition? { part == .titleAlone ? titled : open }
    }

    private func searchScope(_ names: [String]) throws -> SearchScope {
        var scope = SearchScope()
        var open: [String] = []
        var parts: [(sql: String, arguments: [Value], titleOnly: Bool)] = []
        let all = registry.doctypes.filter(\.isSearched)
        let types = names.isEmpty ? all : try names.map(registry.doctype).filter(\.isSearched)
        for type in types {
            do {
                try requireListing(type)
            } catch let problem as Problem where names.isEmpty && problem.kind == .forbidden {
                continue
            }
            let access = fieldAccess(to: type)
            if let title = type.searched.title, !access.opens(type.columns[title].name) { continue }
            let levels = type.searched.groups.filter { $0.slots.allSatisfy { access.opens(type.columns[$0].name) } }
            let titleOnly = levels.first?.level != 0
            scope.types[type.name] = (type, access)
            let condition = readCondition(for: type, table: "d")
            if condition == nil, levels.count == type.searched.groups.count {
                open.append(type.name)
                continue
            }
            var sql = "s.doctype = ?"
            var arguments: [Value] = [.text(type.name)]
            sql +=
                titleOnly
                ? " AND s.level = 0" : " AND s.level IN (\(levels.map { "\($0.level)" }.joined(separator: ",")))"
            if let condition {
                sql += " AND EXISTS (SELECT 1 FROM \(quoted(type.table)) d WHERE d.name = s.name AND \(condition.sql))"
                arguments += condition.arguments
            }
            parts.append(("(\(sql))", arguments, titleOnly))
        }
        if names.isEmpty, parts.isEmpty, open.count == all.count {
            scope.open = RowCondition("1 = 1")
            return scope
        }
        if !open.isEmpty {
            parts.append((transaction.dialect.isOneOf("s.doctype", count: open.count), open.map(Value.text), false))
        }
        func joined(_ titleOnly: Bool) -> RowCondition? {
            let some = parts.filter { $0.titleOnly == titleOnly }.map { RowCondition($0.sql, $0.arguments) }
            return some.isEmpty ? nil : RowCondition(some, joinedBy: " OR ")
        }
        scope.open = joined(false)
        scope.titled = joined(true)
        if !names.isEmpty, names.count <= 8 { scope.marks = types.map(\.searchMark) }
        return scope
    }

    private func forEachCandidate(
        _ query: TextQuery, _ scope: SearchScope, _ part: SearchScope.Part, _ each: ([Value]) throws -> Void
    ) throws {
        guard let condition = scope.condition(part) else { return }
        let search = transaction.dialect.textSearch(
            SearchIndex.table.name, query, in: part == .text ? nil : "title", excludingInColumn: part == .titleAlone,
            marks: scope.marks)
        let order = search.order.map { " ORDER BY \($0)" } ?? ""
        let sql = """
            SELECT s.doctype, s.name, s.title, substr(s.content, 1, 2000) FROM \(search.source) WHERE \(search.condition) \
            AND (\(condition.sql))\(order) LIMIT ?
            """
        try transaction.forEach(
            sql, [.text(search.argument)] + condition.arguments + [.int(Int64(Limits.searchCandidates))],
            [.text, .text, .text, .text], each)
    }

    // MARK: What is shown

    private func hits(
        _ found: [(key: Reference, value: Int)], _ asked: SearchQuery, _ scope: SearchScope
    ) throws -> [SearchHit] {
        var texts: [Reference: (title: String, snippet: String)] = [:]
        for (doctype, group) in Dictionary(grouping: found, by: { $0.key.doctype }).sorted(by: { $0.key < $1.key }) {
            guard let (type, access) = scope.types[doctype] else { continue }
            let title = type.titleField.flatMap { access.opens($0) ? type.slot(of: $0) : nil } ?? Document.Slot.name
            let slots = type.searched.groups.flatMap(\.slots).filter { access.opens(type.columns[$0].name) }
            let fields = ([title] + slots).map { type.columns[$0].name }
            for (name, values) in try values(of: doctype, group.map(\.key.name), fields) {
                let shown = values[0].text ?? name.text
                let pieces = zip([title] + slots, values).lazy.compactMap { slot, value in
                    asked.snippet(value.text ?? "", isMarkup: type.isMarkup(slot))
                }
                let text = pieces.first(where: { _ in true }) ?? SearchQuery.escaped(Substring(shown))
                texts[Reference(doctype, name.text)] = (shown, text)
            }
        }
        return found.compactMap { key, rank in
            texts[key].map {
                SearchHit(doctype: key.doctype, name: key.name, title: $0.title, snippet: $0.snippet, rank: rank)
            }
        }
    }
}
