public import Documents
internal import Lists
internal import Metadata
public import Values

extension Session {
    /// What a link field offers for what somebody has typed: the documents whose name, title or search fields hold it, those
    /// that begin with it first. The right to select them is enough. It costs two statements.
    ///
    /// Disabled documents are left out unless `filters` say something of that field.
    ///
    /// - Throws: ``Problem/Kind/forbidden``, ``Problem/Kind/unknownField``; as ``list(_:)``.
    public func searchLink(
        _ doctype: String, _ text: String, filters: JSON? = nil, searchField: String? = nil, limit: Int = 10
    ) throws -> [JSON] {
        let type = try registry.doctype(doctype)
        try requireListing(type)
        let access = fieldAccess(to: type)
        var shown = type.searchFields.filter { access.opens($0) && type.slot(of: $0) != nil }
        if let title = type.titleField, access.opens(title), type.slot(of: title) != nil, !shown.contains(title) {
            shown.insert(title, at: 0)
        }
        shown.removeAll { $0 == "name" }
        var searched = ["name"] + shown
        if let searchField, !searched.contains(searchField) {
            guard access.opens(searchField), type.slot(of: searchField) != nil,
                type.field(searchField)?.type != .password
            else {
                throw Problem(
                    .unknownField, "\(type.name) has no field \(searchField.prefix(140)) to search in",
                    field: "searchfield")
            }
            searched.append(searchField)
        }
        searched = searched.filter { type.field($0)?.type.column == .text }
        let wanted = limit
        let limit = min(max(1, limit), Limits.filterValues)
        // What is typed on finds the rest.
        func notingMore(_ answers: [JSON]) -> [JSON] {
            if answers.count == limit, wanted > limit { noteMore("txt") }
            return answers
        }

        var query = ListQuery(type.name, fields: ["name"] + shown.map(JSON.string), orderBy: "name asc", limit: limit)
        query.filters = filters
        query.fixed = try inUse(type, unless: filters)
        guard !text.isEmpty else { return try notingMore(answers(list(query), type)) }
        func found(_ pattern: String) throws -> ListResult {
            query.orFilters = .array(searched.map { [.string($0), "like", .string(pattern)] })
            return try list(query)
        }
        let first = try answers(found("\(text)%"), type)
        guard first.count < limit else { return notingMore(first) }
        let names = Set(first.compactMap { $0["value"]?.string })
        let others = try answers(found("%\(text)%"), type).filter { !names.contains($0["value"]?.string ?? "") }
        return notingMore(Array((first + others).prefix(limit)))
    }

    /// That the document is in use, where it can be out of use and the filters say nothing of that.
    private func inUse(_ type: DocType, unless filters: JSON?) throws -> JSON? {
        var given: [Filter.Condition] = []
        try filters.flatMap { try Filter.parse($0, "and", type) }?.collect(&given)
        let named = Set(given.map(\.field))
        for (field, wanted) in [("disabled", 0), ("enabled", 1)] as [(String, JSON)]
        where type.field(field)?.type == .check && !named.contains(field) {
            return [[.string(field), "=", wanted]]
        }
        return nil
    }

    private func answers(_ result: ListResult, _ type: DocType) throws -> [JSON] {
        let title = result.columns.firstIndex { $0.name == type.titleField }
        let showsTitle = type.properties["show_title_field_in_link"]?.int == 1
        return result.rows.map { row in
            let name = row[0].text ?? ""
            var object: JSONObject = ["value": .string(name)]
            let label = title.flatMap { row[$0].text }
            if showsTitle, let label { object["label"] = .string(label) }
            let others = row.dropFirst().map(\.description).filter { !$0.isEmpty && $0 != name }
            object["description"] = .string(others.joined(separator: ", "))
            return .object(object)
        }
    }
}
