internal import Documents
internal import History
internal import Metadata
internal import Storage
internal import Values

/// A list of documents that no table holds: the same fields, filters, order and pages, in memory.
struct VirtualList {
    private let query: ListQuery
    private let type: DocType
    private let session: Session
    private let access: FieldAccess

    init(_ query: ListQuery, _ type: DocType, _ session: Session) {
        access = session.fieldAccess(to: type)
        self.query = query
        self.type = type
        self.session = session
    }

    /// The rows.
    ///
    /// - Throws: as ``Session/list(_:)``.
    func rows() throws -> ListResult {
        let fields = try selected()
        var documents = try matching()
        let order = try order()
        documents.sort { one, two in
            for (slot, descending) in order {
                let (left, right) = (one.values[slot], two.values[slot])
                let compared =
                    left.order(to: right) ?? (left == right ? 0 : left.isNull ? -1 : right.isNull ? 1 : 0)
                if compared == 0 { continue }
                return (compared < 0) != descending
            }
            return one.name < two.name
        }
        let rest = documents.dropFirst(max(0, query.start))
        let page = rest.prefix(query.mostRows)
        if query.isLimitedByServer, rest.count > page.count { session.noteMore(behind: query) }
        return ListResult(
            columns: fields.map { ListResult.Column(name: $0.name, type: type.columns[$0.slot].type) },
            rows: page.map { document in fields.map { document.values[$0.slot] } })
    }

    /// How many rows there are.
    func count() throws -> Int { try matching().count }

    private func matching() throws -> [Document] {
        if type.kind == .child { _ = try QueryBuilder.parent(of: type, query, session) }
        try session.require(.read, type)
        guard let source = session.registry.sources[type.name] else { return [] }
        let all = try query.filters.flatMap { try Filter.parse($0, "and", type) }
        let any = try query.orFilters.flatMap { try Filter.parse($0, "or", type) }
        let documents = try source.list(query, session)
        let decisions = try session.decisions(.read, type, documents, asWritten: true)
        return try zip(documents, decisions).filter { $1.isAllowed }.map(\.0).filter { document in
            try (all.map { try holds($0, document) } ?? true) && (any.map { try holds($0, document) } ?? true)
        }
    }

    private func selected() throws -> [(name: String, slot: Int)] {
        guard query.groupBy?.isEmpty ?? true else {
            throw Problem(.malformed, "\(type.name) cannot be grouped: no table holds its documents", field: "group_by")
        }
        guard !query.fields.isEmpty, query.fields.count <= Limits.listFields else {
            throw Problem(.malformed, "A list needs 1 to \(Limits.listFields) fields", field: "fields")
        }
        var fields: [(name: String, slot: Int)] = []
        for field in query.fields {
            guard let text = field.string else { throw unknown(field.text) }
            var name = Self.plain(text, type)
            var shown = name
            if let range = name.lowercased().ranges(of: " as ").last {
                shown = String(name[range.upperBound...])
                name = String(name[..<range.lowerBound])
            }
            if name == "*" {
                for (slot, column) in type.columns.enumerated()
                where column.type != .password && access.opens(column.name) {
                    fields.append((column.name, slot))
                }
            } else if type.slot(of: name) == nil, QueryBuilder.isName(name) {
                try session.passOver(name, or: unknown(name))
            } else {
                fields.append((shown, try slot(name)))
            }
        }
        guard !fields.isEmpty else { throw unknown(query.fields[0].string ?? "") }
        return fields
    }

    private func order() throws -> [(slot: Int, descending: Bool)] {
        guard let text = query.orderBy, !text.isEmpty else {
            return [(type.slot(of: type.sort.field) ?? 0, type.sort.descending)]
        }
        return try text.split(separator: ",").map { part in
            let words = part.split(separator: " ")
            let direction = words.count > 1 ? words[1].lowercased() : "asc"
            return (try slot(Self.plain(String(words.first ?? ""), type)), direction == "desc")
        }
    }

    private func slot(_ name: String) throws -> Int {
        guard let slot = type.slot(of: Self.plain(name, type)), type.columns[slot].type != .password else {
            throw unknown(name)
        }
        guard access.opens(type.columns[slot].name) else {
            throw Problem(
                .forbidden, "\(session.actor.user) may not read \(type.columns[slot].name) of \(type.name)",
                field: type.columns[slot].name)
        }
        return slot
    }

    /// Takes away what MariaDB's users write around names.
    private static func plain(_ text: String, _ type: DocType) -> String {
        var bare = text.contains("`") ? String(text.filter { $0 != "`" }) : text
        for prefix in ["tab\(type.name).", "\(type.name)."] where bare.hasPrefix(prefix) {
            bare = String(bare.dropFirst(prefix.count))
        }
        return bare
    }

    private func unknown(_ name: String) -> Problem {
        Problem(
            .unknownField, "\(type.name) has no field \(FieldDefinition.short(name))",
            field: FieldDefinition.short(name))
    }

    // MARK: Conditions

    private func holds(_ filter: Filter, _ document: Document) throws -> Bool {
        switch filter {
        case .all(let filters): return try filters.allSatisfy { try holds($0, document) }
        case .any(let filters): return try filters.contains { try holds($0, document) }
        case .condition(let condition):
            if let doctype = condition.doctype, doctype != type.name { throw unknown(condition.qualified) }
            let slot = try slot(condition.field)
            return try holds(condition, document.values[slot], type.columns[slot])
        }
    }

    private func holds(_ condition: Filter.Condition, _ value: Value, _ field: FieldDefinition) throws -> Bool {
        func problem(_ text: ProblemText) -> Problem {
            Problem(.malformed, "Filter on \(field.name): \(text)", field: field.name)
        }
        func isSame(_ json: JSON) throws -> Bool {
            let wanted = try json.isNull || json == "" ? Value.null : field.value(of: json)
            if wanted == value || wanted.isEmpty && value.isEmpty || wanted.isNothing && value.isNothing { return true }
            // A name may be typed in another form than the one in which names are kept.
            guard field.type.isLine, let text = wanted.text, !text.isNormalized else { return false }
            return .text(text.normalized) == value
        }
        switch Operator(condition.op) {
        case .equal: return try isSame(condition.value)
        case .notEqual: return try !isSame(condition.value)
        case .greater, .less, .greaterOrEqual, .lessOrEqual:
            guard let order = value.order(to: try field.value(of: condition.value)) else { return false }
            switch condition.op {
            case ">": return order > 0
            case "<": return order < 0
            case ">=": return order >= 0
            default: return order <= 0
            }
        case .like, .notLike:
            guard let pattern = condition.value.string, pattern.utf8.count <= Limits.patternBytes else {
                throw problem("like needs text of at most \(Limits.patternBytes) bytes")
            }
            return LikePattern(pattern).matches(value.description) == (Operator(condition.op) == .like)
        case .isIn: return try Filter.elements(condition.value, of: field.name).contains { try isSame($0) }
        case .notIn: return try !Filter.elements(condition.value, of: field.name).contains { try isSame($0) }
        case .isSet:
            switch condition.value.string?.lowercased() {
            case "set": return !value.isEmpty
            case "not set": return value.isEmpty
            default: throw problem("is takes \"set\" or \"not set\"")
            }
        case .between:
            let bounds = try Filter.elements(condition.value, of: field.name)
            guard bounds.count == 2 else { throw problem("between takes two values") }
            let low = try field.value(of: bounds[0])
            let high = try field.value(of: bounds[1])
            return (value.order(to: low) ?? -1) >= 0 && (value.order(to: high) ?? 1) <= 0
        default: throw problem("\(condition.op) works only on documents of a table")
        }
    }
}

extension Session {
    /// The list in memory where no table holds the documents, or not all of them.
    func virtualList(_ query: ListQuery) throws -> VirtualList? {
        guard let type = registry.find(query.doctype), type.isVirtual || registry.sources[type.name] != nil else {
            return nil
        }
        if query.asOf != nil {
            try requireHistory(of: type)
            throw Problem(.noHistory, "What \(type.name) were is not known", fix: "Ask for what they are now.")
        }
        return VirtualList(query, type, self)
    }
}
