package import Audit
internal import Crypto
internal import EventLog
package import Storage
public import Values

extension Session {
    /// Notes a write for the logs: the events, the audit entries and, while a rehearsal runs, the effects.
    func note(_ write: Write) throws {
        write.events = write.noted.map(record)
    }

    private func record(_ change: DocumentChange) -> Int64 {
        let (action, document) = (change.action, change.document)
        let type = document.doctype
        touched.insert(type.name)
        if registry.isMetadata(type.name) { metadata.isDirty = true }
        forgetLookedUp(of: type.name)
        if action == .rename, let old = change.oldName { audit("rename_away", type, old, digest: []) }
        // The digest of a document that was submitted as it was inserted is taken once, when it is submitted.
        if !(action == .insert && document.docstatus == .submitted) {
            audit(action.rawValue, type, document.name, digest: action == .delete ? [] : document.digest)
        }
        var data = JSONWriter(capacity: 256)
        data.beginObject()
        data.key("doctype")
        data.string(type.name)
        data.key("name")
        data.string(document.name)
        if let changes = change.changes {
            data.key("changes")
            data.json(changes.json)
        }
        if let old = change.oldName {
            data.key(action == .merge ? "merged" : "renamed")
            data.string(old)
        }
        data.endObject()
        emit("\(type.table).\(action.past)", subject: "\(type.name)/\(document.name)", data)
        if keepsEffects { pending.effects.append(.document(DocumentEffect(action, document, change.changes))) }
        return -Int64(pending.logged + pending.events.count)
    }

    private func audit(_ action: String, _ type: DocType, _ name: String, digest: [UInt8]) {
        pending.audit.append(
            AuditEntry(
                time: now, actor: actor.user, action: action, doctype: type.name, name: name, digest: digest))
    }

    /// Adds an event to the log of the tenant; it is written when the transaction ends.
    ///
    /// `type` is what happened, such as `sales_invoice.overdue`; the log puts `cauldron.` before it.
    public func emit(_ type: String, subject: String, _ data: JSONObject) {
        var writer = JSONWriter()
        writer.json(.object(data))
        emit(type, subject: subject, writer)
    }

    private func emit(_ type: String, subject: String, _ data: JSONWriter) {
        let event = Event(
            type: "cauldron.\(type)", subject: subject, time: now, actor: actor.user,
            data: String(decoding: data.bytes, as: UTF8.self), behalf: actor.behalf ?? "", cause: cause)
        pending.events.append(event)
        if keepsEffects { pending.effects.append(.event(event)) }
    }

    /// Adds rows to a ledger. They are named here, in order, and never change afterwards.
    ///
    /// The one way to write a ledger; called by the posting functions of modules, which check what they post.
    ///
    /// - Throws: ``Problem/Kind/outOfRange`` that names the field.
    public func append(_ rows: [Document]) throws {
        guard let type = rows.first?.doctype else { return }
        precondition(type.kind == .ledger && rows.allSatisfy { $0.doctype === type }, "\(type.name) is no ledger")
        for row in rows {
            stamp(row, created: true)
            row.name = newIdentifier()
            row.values[Document.Slot.docstatus] = .int(Docstatus.submitted.rawValue)
            try check(row)
        }
        let reversed = keepsEffects ? try reversedRows(by: rows, type) : []
        try writeRows(type, rows)
        for row in rows { row.stored = row.values }
        emitPosted(rows, type)
        if keepsEffects {
            pending.effects.append(
                .posting(type, rows: rows.map(\.name), reversed: reversed.map(\.values), names: reversed.map(\.name)))
        }
    }

    /// What was posted is an event, too: it names the voucher where the ledger does, and carries the rows.
    private func emitPosted(_ rows: [Document], _ type: DocType) {
        let row = rows[0]
        var data = JSONWriter(capacity: 1024 * rows.count)
        data.beginObject()
        data.key("doctype")
        data.string(type.name)
        var subject = type.name
        if type.slot(of: "voucher_no") != nil, type.slot(of: "voucher_type") != nil {
            subject = "\(row.text("voucher_type"))/\(row.text("voucher_no"))"
            data.key("voucher_type")
            data.string(row.text("voucher_type"))
            data.key("voucher_no")
            data.string(row.text("voucher_no"))
        }
        data.key("rows")
        data.beginArray()
        for row in rows { row.writeStored(to: &data) }
        data.endArray()
        data.endObject()
        emit("\(type.table).posted", subject: subject, data)
    }

    /// The rows that these take back, as they stand.
    private func reversedRows(by rows: [Document], _ type: DocType) throws -> [Document] {
        guard type.slot(of: "reverses") != nil else { return [] }
        let names = rows.map { $0.text("reverses") }.filter { !$0.isEmpty }
        return names.isEmpty ? [] : try load(type, names)
    }

    /// Adds typed rows to a ledger; see ``append(_:)-([Document])``.
    public func append<S: DocTypeSchema>(_ rows: [Doc<S>]) throws { try append(rows.map { $0.document }) }
}

extension Session {
    /// Notes rows that are added to a table under the audit log.
    package func seal(_ rows: some Sequence<[Value]>, in table: SealedTable) {
        pending.sealed.add(rows, to: table, under: auditKey)
    }

    /// Notes all rows of a table under the audit log, as they stand, as added.
    ///
    /// - Throws: ``StorageError``.
    package func sealAll(of table: TableSchema) throws {
        try pending.sealed.addAll(of: table, under: auditKey, in: transaction)
    }

    /// Notes that all rows of a table under the audit log go, as they stand.
    ///
    /// - Throws: ``StorageError``.
    package func unsealAll(of table: TableSchema) throws {
        try pending.sealed.removeAll(of: table, under: auditKey, in: transaction)
    }

    /// Notes for the audit log what was done to something that is no document.
    package func noteForAudit(_ action: String, _ kind: String, _ name: String) {
        pending.audit.append(
            AuditEntry(time: now, actor: actor.user, action: action, doctype: kind, name: name, digest: []))
    }

    /// Notes what becomes of the tables, for a changeset.
    package func note(_ steps: [PlannedStep]) {
        if keepsEffects { pending.effects += steps.map(Effect.schema) }
    }

    /// Notes what became of rows of tables under the audit log that the session does not know of.
    package func noteForAudit(_ changes: [RowsChange]) {
        for change in changes { pending.sealed.add(change, under: auditKey) }
    }

    /// Runs what changes rows of a table under the audit log; the condition holds for them before and after.
    ///
    /// - Throws: ``StorageError``, and what `body` throws.
    package func sealing(
        _ table: TableSchema, where condition: String, _ arguments: [Value], _ body: () throws -> Void
    ) throws {
        let change = try transaction.changes(of: table, where: condition, arguments, body)
        pending.sealed.add(change, under: auditKey)
    }
}

extension Document {
    /// SHA-256 over all that the document and its rows hold, field by field; what is empty does not count, nor does the
    /// order of the form, so that a field that is added or moved later changes no digest.
    public var digest: [UInt8] {
        var writer = JSONWriter(capacity: 1024 * rows.reduce(2) { $0 + $1.count })
        writer.beginArray()
        writeCanonical(to: &writer)
        for slot in doctype.digestTables {
            for row in rows[slot] { row.writeCanonical(to: &writer) }
        }
        writer.endArray()
        return Array(SHA256.hash(data: writer.bytes))
    }

    private func writeCanonical(to writer: inout JSONWriter) {
        writer.beginObject()
        for slot in doctype.digestSlots {
            switch values[slot] {
            case .null, .int(0), .decimal(0, _): continue
            default:
                writer.key(doctype.keys[slot])
                writer.value(values[slot])
            }
        }
        writer.endObject()
    }
}
