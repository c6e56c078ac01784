internal import Documents
internal import Metadata
internal import Values

/// The method that forms stand on: a document as somebody edits it, computed as the write path would, and what each of its
/// fields is then.
enum DraftMethod {
    static let method = Method(
        "cauldron.draft",
        parameters: [
            .required(
                "doc",
                "The document as it is edited, with its DocType; one that has the name of a document is that one changed."
            )
        ],
        summary: """
            What saving a document would make of it (defaults, fetched values, totals), what each field is then (hidden, \
            required, read only, its options), and all that is wrong with it; nothing is kept.
            """
    ) { arguments, session in
        guard case .object(let object)? = try arguments.json("doc"), let doctype = object["doctype"]?.string else {
            throw Problem(
                .mandatory, "doc is no document", field: "doc", fix: "Send doc as an object with doctype and fields.")
        }
        let draft = try session.draft(doctype, object)
        return [
            "doc": session.present(draft.document), "fields": try session.fieldStates(of: draft.document),
            "problems": .array(draft.problems.map(\.json)),
        ]
    }
}

extension Session {
    /// What the fields of a document and of its rows are as it stands. Said is what differs from an open field: `hidden`,
    /// `required`, `read_only`, and the `options` of a Select.
    ///
    /// Of a table, `columns` holds what the fields of its rows are whatever row they are in, and `rows` what those are, in the
    /// order of the rows, that depend on it.
    ///
    /// - Throws: ``Problem/Kind/formulaFailed`` for a condition that cannot be decided.
    func fieldStates(of document: Document) throws -> JSON {
        let type = document.doctype
        let isOwn = document.isNew || document.storedOwner == actor.user
        let rights = fieldRights(of: type, isOwn: isOwn)
        let scope = RuleScope(document, self)
        // What is kept says what is closed, not what somebody is about to make of it.
        let kept = (document.stored?[Document.Slot.docstatus].int).flatMap(Docstatus.init)
        var states: JSONObject = [:]
        for field in type.fields
        where field.type.isTable || type.slot(of: field.name) != nil || type.rules.isConditional(field.name) {
            let table = type.tableSlot(of: field.name)
            let slot = type.slot(of: field.name)
            let isHidden = table.map { rights.hidesTable[$0] } ?? slot.map { rights.hides[$0] } ?? false
            // What nobody may see is not told.
            if isHidden { continue }
            let writes = table.map { rights.writesTable[$0] } ?? slot.map { rights.writes[$0] } ?? true
            var state = try state(of: field, in: document, kept: kept, writes: writes, scope)
            if let table, let child = registry.find(field.options ?? "") {
                let rowRights = fieldRights(of: child, through: type, isOwn: isOwn)
                try addRows(of: document.rows[table], child, rowRights, kept, writes, scope, to: &state)
            }
            if !state.isEmpty { states[field.name] = .object(state) }
        }
        return .object(states)
    }

    private func addRows(
        of rows: [Document], _ child: DocType, _ rights: FieldRights, _ kept: Docstatus?, _ writesTable: Bool,
        _ scope: RuleScope, to state: inout JSONObject
    ) throws {
        let blank = Document(child)
        let blankScope = RuleScope(blank, in: scope, self)
        var columns: JSONObject = [:]
        var conditional: [(field: FieldDefinition, writes: Bool)] = []
        for field in child.fields {
            guard let slot = child.slot(of: field.name), !rights.hides[slot] else { continue }
            let writes = rights.writes[slot] && writesTable
            if child.rules.isConditional(field.name) || field.flags.contains(.setOnlyOnce) {
                conditional.append((field, writes))
                continue
            }
            let column = try self.state(of: field, in: blank, kept: kept, writes: writes, blankScope)
            if !column.isEmpty { columns[field.name] = .object(column) }
        }
        if !columns.isEmpty { state["columns"] = .object(columns) }
        guard !conditional.isEmpty else { return }
        state["rows"] = .array(
            try rows.map { row in
                let rowScope = RuleScope(row, in: scope, self)
                var fields: JSONObject = [:]
                for (field, writes) in conditional {
                    let one = try self.state(of: field, in: row, kept: kept, writes: writes, rowScope)
                    if !one.isEmpty { fields[field.name] = .object(one) }
                }
                return .object(fields)
            })
    }

    private func state(
        of field: FieldDefinition, in document: Document, kept: Docstatus?, writes: Bool, _ scope: RuleScope
    ) throws -> JSONObject {
        var state: JSONObject = [:]
        let rules = document.doctype.rules
        let isShown = try counts(field, of: document, scope)
        if field.flags.contains(.hidden) || !isShown { state["hidden"] = true }
        if isShown {
            let isAsked = try rules.mandatory[field.name].map { try holds($0, field, scope) } ?? false
            if field.flags.contains(.required) || isAsked { state["required"] = true }
        }
        let slot = document.doctype.slot(of: field.name)
        let isSet = slot.flatMap { document.stored?[$0] }.map { !$0.isEmpty } ?? false
        let isFrozen = kept == .cancelled || kept == .submitted && !field.flags.contains(.allowOnSubmit)
        let isComputed =
            field.flags.contains(.readOnly) || field.formula != nil
            || field.fetchFrom != nil && !field.flags.contains(.fetchIfEmpty)
        let isRefused = try rules.readOnly[field.name].map { try holds($0, field, scope) } ?? false
        if isComputed || isFrozen || isRefused || !writes || isSet && field.flags.contains(.setOnlyOnce) {
            state["read_only"] = true
        }
        if field.type == .select {
            state["options"] = .array(field.choices.map { .string(String($0)) })
        }
        return state
    }
}
