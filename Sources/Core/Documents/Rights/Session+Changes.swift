public import Values

extension Session {
    /// What a version, an event or a rehearsal says of a document of the DocType, as the actor may see it: fields and
    /// tables that are hidden from it are taken out, masked values masked. `isOwn` says that it made the document.
    ///
    /// Takes the form of versions (`changed`, `added`, `removed`, `row_changed`, `order`, `deleted`) and whole documents;
    /// members it does not know stay.
    public func presentChanges(_ json: JSON, of type: DocType, isOwn: Bool = false) -> JSON {
        guard !asksNoFields, case .object(let object) = json else { return json }
        let sieve = Sieve(session: self, type: type, isOwn: isOwn)
        return .object(object["doctype"] == nil ? sieve.version(object) : sieve.document(object))
    }
}

extension Session {
    /// The changed fields of a document of the DocType that the actor may see, masked values masked.
    func presentChanges(_ changes: [FieldChange], of type: DocType, isOwn: Bool) -> [FieldChange] {
        guard !asksNoFields else { return changes }
        let rights = fieldRights(of: type, isOwn: isOwn)
        func shown(_ value: Values.Value, _ field: String) -> Values.Value {
            rights.masked.contains(field) && !value.isNull ? .text(Self.maskedText) : value
        }
        return changes.filter { !rights.hidden.contains($0.field) }.map {
            FieldChange(field: $0.field, old: shown($0.old, $0.field), new: shown($0.new, $0.field))
        }
    }
}

/// Takes out of JSON what an actor may not see of documents of a DocType.
private struct Sieve {
    let session: Session
    let type: DocType
    let isOwn: Bool

    private var own: FieldRights { session.fieldRights(of: type, isOwn: isOwn) }

    /// A version: what changed.
    func version(_ object: JSONObject) -> JSONObject {
        var kept: JSONObject = [:]
        for (key, value) in object.members {
            switch (key, value) {
            case ("changed", .array(let changes)): kept[key] = .array(changes.compactMap { change($0, own) })
            case ("added", .array(let rows)), ("removed", .array(let rows)):
                kept[key] = .array(rows.compactMap(wholeRow))
            case ("row_changed", .array(let rows)): kept[key] = .array(rows.compactMap(changedRow))
            case ("order", .object(let tables)):
                kept[key] = .object(
                    JSONObject(tables.members.filter { rights(ofTable: $0.key) != nil }.map { ($0.key, $0.value) }))
            case ("deleted", .object(let whole)): kept[key] = .object(document(whole))
            default: kept[key] = value
            }
        }
        return kept
    }

    /// A whole document.
    func document(_ object: JSONObject) -> JSONObject {
        var kept: JSONObject = [:]
        for (key, value) in object.members {
            if type.tableSlot(of: key) != nil {
                guard let rights = rights(ofTable: key) else { continue }
                kept[key] = .array((value.array ?? []).map { row in .object(values(row.object ?? [:], rights)) })
            } else if let shown = shown(value, key, own) {
                kept[key] = shown
            }
        }
        return kept
    }

    private func values(_ object: JSONObject, _ rights: FieldRights) -> JSONObject {
        var kept: JSONObject = [:]
        for (key, value) in object.members { kept[key] = shown(value, key, rights) }
        return kept
    }

    /// A value of a field: nil where the field is hidden.
    private func shown(_ value: JSON, _ field: String, _ rights: FieldRights) -> JSON? {
        if rights.hidden.contains(field) { return nil }
        return rights.masked.contains(field) && !value.isNull ? .string(Session.maskedText) : value
    }

    /// `[field, old, new]`.
    private func change(_ json: JSON, _ rights: FieldRights) -> JSON? {
        guard case .array(let parts) = json, let field = parts.first?.string, !rights.hidden.contains(field) else {
            return nil
        }
        return .array([.string(field)] + parts.dropFirst().map { shown($0, field, rights) ?? .null })
    }

    /// `[table, row]`.
    private func wholeRow(_ json: JSON) -> JSON? {
        guard case .array(let parts) = json, parts.count == 2, let table = parts[0].string,
            let rights = rights(ofTable: table), case .object(let row) = parts[1]
        else { return nil }
        return [parts[0], .object(values(row, rights))]
    }

    /// `[table, idx, name, [[field, old, new]]]`.
    private func changedRow(_ json: JSON) -> JSON? {
        guard case .array(let parts) = json, parts.count == 4, let table = parts[0].string,
            let rights = rights(ofTable: table), case .array(let changes) = parts[3]
        else { return nil }
        let kept = changes.compactMap { change($0, rights) }
        return kept.isEmpty ? nil : [parts[0], parts[1], parts[2], .array(kept)]
    }

    /// The rights on the rows of a table; nil where the table is hidden.
    private func rights(ofTable name: String) -> FieldRights? {
        guard let slot = type.tableSlot(of: name), !own.hidesTable[slot],
            let child = session.registry.find(type.tables[slot].field.options ?? "")
        else { return nil }
        return session.fieldRights(of: child, through: type, isOwn: isOwn)
    }
}
