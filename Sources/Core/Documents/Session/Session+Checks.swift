internal import Storage
internal import Values

extension Session {
    /// Checks every field of a document and its rows against its declaration.
    func check(_ document: Document) throws {
        try checking { try computeFormulas(document) }
        document.doctype.titlePattern?.fill(document)
        Naming.syncField(document)
        let scope = RuleScope(document, self)
        for (field, slot) in document.doctype.tables {
            let rows = document.rows[slot]
            if rows.isEmpty, field.flags.contains(.required), try counts(field, of: document, scope) {
                try refuse(
                    Problem(.mandatory, "\(field.label) has no rows", field: field.name, fix: "Add at least one row."))
            }
            guard rows.count <= Limits.childRows else {
                throw Problem(
                    .tooMany, "\(field.label) has \(rows.count) rows, more than \(Limits.childRows)", field: field.name)
            }
            for row in rows { try checkFields(row, row: row.idx, RuleScope(row, in: scope, self)) }
            if field.flags.contains(.setOnlyOnce) { try checking { try requireSameRows(field, slot, of: document) } }
        }
        // After the rows, whose mistakes are often the cause of what is wrong with the whole.
        try checkFields(document, row: nil, scope)
        try checking { try checkTree(document) }
    }

    /// A table that is set only once keeps the rows it was first saved with; what the server computes in them may change.
    private func requireSameRows(_ table: FieldDefinition, _ slot: Int, of document: Document) throws {
        guard !document.isNew else { return }
        guard document.rows[slot].map(\.name) == document.storedRows[slot].map(\.name) else {
            throw Problem(
                .frozen, "The rows of \(table.label) cannot change once the document is saved", field: table.name)
        }
        for row in document.rows[slot] {
            guard let stored = row.stored else { continue }
            for slot in row.doctype.storedSlots where slot >= row.doctype.firstOwnSlot {
                let field = row.doctype.columns[slot]
                let isComputed = field.flags.contains(.readOnly) || field.formula != nil || field.fetchFrom != nil
                if isComputed || row.values[slot] == stored[slot] { continue }
                throw Problem(
                    .frozen, "\(table.label): \(field.label) cannot change once the document is saved",
                    field: field.name, row: row.idx)
            }
        }
    }

    private func checkFields(_ document: Document, row: Int?, _ scope: RuleScope) throws {
        let type = document.doctype
        for slot in type.firstOwnSlot..<document.values.count {
            if noted == nil {
                try checkField(slot, of: document, row, scope)
            } else {
                try checking(document) { try checkField(slot, of: document, row, scope) }
            }
        }
        try checking(document) { try checkMandatoryConditions(document, scope, row: row) }
    }

    private func checkField(_ slot: Int, of document: Document, _ row: Int?, _ scope: RuleScope) throws {
        let type = document.doctype
        let check = type.checks[slot]
        if check.isVirtual { return }
        switch document.values[slot] {
        case .null:
            // No value of a number is zero, in the table as in every calculation.
            if let zero = check.zero {
                document.values[slot] = zero
            } else if check.flags.contains(.required), try counts(type.columns[slot], of: document, scope) {
                throw missing(type.columns[slot], row)
            }
        case .text(let text):
            if text.isEmpty {
                if check.flags.contains(.required), try counts(type.columns[slot], of: document, scope) {
                    throw missing(type.columns[slot], row)
                }
                document.values[slot] = .null
            } else {
                if !(check.plainLength.map { text.utf8.count <= $0 && !text.holds(0) } ?? false) {
                    let isKept = document.stored?[slot] == document.values[slot]
                    try checkText(text, type.columns[slot], row, isKept: isKept)
                }
                if check.isCleaned { document.values[slot] = .text(MarkupSanitizer.clean(text)) }
            }
        case .outOfRange:
            let field = type.columns[slot]
            throw Problem(
                .outOfRange, "\(field.label) is larger than the field can hold", field: field.name, row: row,
                fix: "Check the quantities, rates and amounts it is computed from.")
        case .int(let number) where number < 0 && check.flags.contains(.nonNegative),
            .decimal(let number, _) where number < 0 && check.flags.contains(.nonNegative):
            let field = type.columns[slot]
            throw Problem(.negative, "\(field.label) must not be negative", field: field.name, row: row)
        case .decimal where check.isRating: try checkRating(document.values[slot], type.columns[slot], row)
        default: break
        }
        if check.flags.contains(.setOnlyOnce), let stored = document.stored, !stored[slot].isEmpty,
            stored[slot] != document.values[slot]
        {
            let field = type.columns[slot]
            throw Problem(.frozen, "\(field.label) cannot change once it is set", field: field.name, row: row)
        }
    }

    /// A rating is a share of all stars.
    private func checkRating(_ value: Value, _ field: FieldDefinition, _ row: Int?) throws {
        guard let share = value.exact, share >= .zero, share <= .one else {
            throw Problem(
                .outOfRange, "\(field.label) must be from 0 to 1", field: field.name, row: row,
                fix: "Send the share of the stars, such as 0.6 for 3 of 5.")
        }
    }

    private func missing(_ field: FieldDefinition, _ row: Int?) -> Problem {
        let place = row.map { "Row \($0): " } ?? ""
        return Problem(
            .mandatory, "\(place)\(field.label) is missing", field: field.name, row: row, fix: "Give \(field.name).")
    }

    private func checkText(_ text: String, _ field: FieldDefinition, _ row: Int?, isKept: Bool) throws {
        let longest = field.longest
        if text.utf8.count > longest, Text.length(text) > longest {
            throw Problem(
                .tooLong, "\(field.label) has \(Text.length(text)) characters, more than \(longest)",
                field: field.name, row: row)
        }
        if text.holds(0) {
            throw Problem(.nullCharacter, "\(field.label) holds a null character", field: field.name, row: row)
        }
        // What was kept before the field had its form stays.
        if !isKept { try DataFormats.check(text, field, row) }
        // Documents keep the series they were counted by when it is offered no more; new ones are asked by their naming.
        if field.type == .select, field.name != "naming_series", let options = field.options, !options.isEmpty,
            !field.choices.contains(where: { $0 == text })
        {
            throw Problem(
                .notAnOption, "\(field.label) cannot be \(text)", field: field.name, row: row,
                fix: "Use one of: \(field.choices.filter { !$0.isEmpty }.joined(separator: ", ")).")
        }
    }

    // MARK: - Links

    /// Checks that every document a changed link points to exists and is not cancelled: one statement for each DocType
    /// that is linked to, however many documents and rows there are.
    func verifyLinks(of documents: [Document], allowsCancelled: Bool = false) throws {
        var wanted: [String: Set<Reference>] = [:]
        try forEachLink(documents) { _, _, target, name, _ in
            let link = Reference(target, name)
            if !verified.contains(link) { wanted[target, default: []].insert(link) }
        }
        let targets = wanted.compactMap { target, links in registry.find(target).map { (type: $0, links: links) } }
        // What rules will ask of them is read along.
        let read = try values(
            targets.map { type, links in
                let facts = registry.factFields[type.name] ?? []
                return (type.name, Set(links.map(\.name)), [type.isSubmittable ? "docstatus" : "name"] + facts)
            })
        for ((type, links), found) in zip(targets, read) {
            let target = type.name
            for (name, values) in found where !(type.isSubmittable && values[0].int == 2) {
                verified.insert(Reference(target, name.text))
            }
            if registry.factFields[target] != nil { remember(found.mapValues { Array($0.dropFirst()) }, of: target) }
            if links.isSubset(of: verified) { continue }
            try forEachLink(documents) { document, field, linked, name, row in
                guard linked == target, !verified.contains(Reference(target, name)) else { return }
                let place = row.map { "Row \($0): " } ?? ""
                guard let values = found[name] else {
                    return try refuse(
                        Problem(
                            .brokenLink, "\(place)\(field.label): \(target) \(name) does not exist",
                            field: field.name, row: row, fix: "Create the \(target) first, or correct the name."),
                        of: document)
                }
                if type.isSubmittable, !allowsCancelled, values[0].int == 2,
                    !field.flags.contains(.linksToCancelled)
                {
                    try refuse(
                        Problem(
                            .cancelledLink, "\(place)\(field.label): \(target) \(name) is cancelled",
                            field: field.name, row: row),
                        of: document)
                }
            }
        }
    }

    /// Calls `body` for each link of the documents and their rows that holds a name and was not there before.
    private func forEachLink(
        _ documents: [Document],
        _ body: (Document, FieldDefinition, _ target: String, _ name: String, _ row: Int?) throws -> Void
    ) throws {
        for document in documents {
            try namingDocument(document) {
                try links(of: document, row: nil, body)
                try document.forEachRow { row in try links(of: row, row: row.idx, body) }
            }
        }
    }

    private func links(
        of document: Document, row: Int?,
        _ body: (Document, FieldDefinition, _ target: String, _ name: String, _ row: Int?) throws -> Void
    ) throws {
        for slot in document.doctype.linkSlots {
            guard case .text(let name) = document.values[slot] else { continue }
            let field = document.doctype.columns[slot]
            var target = field.options ?? ""
            var isKept = document.stored.map { $0[slot] == document.values[slot] } ?? false
            if field.type == .dynamicLink {
                isKept = isKept && document.storedValue(target) == document[target]
                target = document.text(target)
            }
            // What a draft links to may have been cancelled until it is submitted.
            let isSubmitted = document.values[Document.Slot.docstatus] != document.stored?[Document.Slot.docstatus]
            if isKept, !isSubmitted || registry.find(target)?.isSubmittable != true { continue }
            if field.type == .dynamicLink {
                if target.isEmpty || registry.find(target) == nil {
                    try refuse(
                        Problem(
                            .brokenLink,
                            "\(field.label): \(target.isEmpty ? "no DocType is given" : "there is no DocType \(target)")",
                            field: field.name, row: row, fix: "Set \(field.options ?? "") to the DocType of \(name)."),
                        of: document)
                    continue
                }
            }
            try body(document, field, target, name, row)
        }
    }

    /// Copies into the documents what `fetch_from` says, in one statement for each DocType that is fetched from.
    func fetch(_ documents: [Document]) throws {
        guard let type = documents.first?.doctype else { return }
        var fetching = [(type: type, documents: documents)]
        for (field, slot) in type.tables {
            fetching.append((try registry.doctype(field.options ?? ""), documents.flatMap { $0.rows[slot] }))
        }
        // All at once; what is fetched may itself be a link that is fetched through, which is then read by itself.
        let wanted = fetching.flatMap { type, documents in
            type.fetches.compactMap { fetch in registry.find(fetch.target).map { wish(fetch, $0, documents) } }
        }
        let found = try values(wanted.map { ($0.target, $0.names, $0.sources) }, lookingUp: settings(of: documents))
        var read = zip(wanted, found).makeIterator()
        for (type, documents) in fetching { try fetchInto(documents, type, &read) }
    }

    /// The documents with settings that documents link to and that were not looked up yet; see ``SettingsHolder``.
    private func settings(of documents: [Document]) -> Set<Reference> {
        guard let type = documents.first?.doctype, !registry.settingsHolders.isEmpty else { return [] }
        var targets: Set<Reference> = []
        for slot in type.linkSlots {
            guard let target = type.columns[slot].options, registry.settingsHolders.contains(target),
                let holder = registry.find(target), holder.tables.isEmpty, registry.isInTable(holder)
            else { continue }
            for document in documents {
                guard case .text(let name) = document.values[slot] else { continue }
                let link = Reference(target, name)
                if lookedUp[link] == nil { targets.insert(link) }
            }
        }
        return targets
    }

    /// What is asked of a DocType for one link.
    private typealias FetchWish = (target: String, names: Set<Name>, sources: [String])

    private func wish(_ fetch: DocType.Fetch, _ target: DocType, _ documents: [Document]) -> FetchWish {
        let names = names(through: fetch, documents)
        // The DocType may lack what another version of it has.
        let sources = fetch.fields.map(\.source).filter(target.gives) + (registry.factFields[target.name] ?? [])
        return (target.name, names, sources + (target.isSubmittable ? ["docstatus"] : []))
    }

    private func names(through fetch: DocType.Fetch, _ documents: [Document]) -> Set<Name> {
        var names: Set<Name> = []
        for document in documents { if case .text(let name) = document.values[fetch.link] { names.insert(name) } }
        return names
    }

    private func fetchInto(
        _ documents: [Document], _ type: DocType,
        _ read: inout Zip2Sequence<[FetchWish], [[Name: [Value]]]>.Iterator
    ) throws {
        for fetch in type.fetches {
            guard let target = registry.find(fetch.target), let (early, rows) = read.next() else { continue }
            let names = names(through: fetch, documents)
            guard !names.isEmpty else { continue }
            let found = names == early.names ? rows : try values(of: fetch.target, names, early.sources)
            let known = registry.factFields[fetch.target] ?? []
            let fields = fetch.fields.filter { target.gives($0.source) }
            for (name, values) in found where !(target.isSubmittable && values.last?.int == 2) {
                verified.insert(Reference(fetch.target, name.text))
            }
            if !known.isEmpty {
                remember(found.mapValues { Array($0[fields.count..<fields.count + known.count]) }, of: fetch.target)
            }
            let fetching = try fetching(from: target, names)
            for document in documents {
                guard case .text(let name) = document.values[fetch.link], let values = found[name] else { continue }
                for (index, field) in fields.enumerated() {
                    if field.onlyIfEmpty, !document.values[field.slot].isEmpty { continue }
                    switch fetching.step(document, fetch.link, name, field.source) {
                    case .take: document.values[field.slot] = try type.columns[field.slot].fitting(values[index])
                    case .keep: continue
                    case .clear: document.values[field.slot] = .null
                    }
                }
            }
        }
    }

    /// Refuses to cancel or delete a document that others link to.
    func refuseIfLinked(_ document: Document, onlySubmitted: Bool) throws {
        for backlink in (registry.backlinks[document.doctype.name] ?? []) + registry.dynamicBacklinks {
            // What hangs on a document, such as a comment, does not hold it.
            if registry.companions.contains(where: {
                $0.doctype == backlink.doctype.name && $0.nameField == backlink.field.name
            }) {
                continue
            }
            let selector =
                backlink.field.type == .dynamicLink ? backlink.doctype.field(backlink.field.options ?? "") : nil
            if let selector, selector.type == .select,
                !selector.choices.contains(where: { $0 == document.doctype.name })
            {
                continue
            }
            let type = backlink.doctype
            if onlySubmitted, type.kind == .document, !type.isSubmittable { continue }
            if onlySubmitted, backlink.field.flags.contains(.linksToCancelled) { continue }
            let isRow = type.kind == .child
            var sql = "SELECT \(isRow ? "parenttype, parent" : "name, name") FROM \(quoted(type.table))"
            sql += " WHERE \(quoted(backlink.field.name)) = ?"
            var arguments: [Value] = [.text(document.name)]
            if let selector {
                sql += " AND \(quoted(selector.name)) = ?"
                arguments.append(.text(document.doctype.name))
            }
            if onlySubmitted { sql += " AND docstatus = 1" }
            if isRow {
                sql += " AND NOT (parenttype = ? AND parent = ?)"
                arguments += [.text(document.doctype.name), .text(document.name)]
            } else if type === document.doctype {
                sql += " AND name <> ?"
                arguments.append(.text(document.name))
            }
            if let row = try transaction.first(sql + " LIMIT 1", arguments, [.text, .text]) {
                let holder = try named(isRow ? row[0].description : type.name, row[1].description)
                throw Problem(
                    .linked, "\(document.doctype.name) \(document.name) is linked to by \(holder)",
                    fix: "\(onlySubmitted ? "Cancel" : "Delete or change") \(holder) first.")
            }
        }
    }

    /// What is said of a document that stands in the way: its name to who may read it.
    public func named(_ doctype: String, _ name: String) throws -> String {
        let type = try registry.doctype(doctype)
        let isReadable = try unprivileged { () -> Bool in
            guard let document = try load(type, [name]).first else { return false }
            return try decision(.read, type, document).isAllowed
        }
        return isReadable ? "\(doctype) \(name)" : "a document that \(actor.user) may not read"
    }
}
