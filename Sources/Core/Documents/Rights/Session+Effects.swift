internal import Storage
internal import Values

extension Session {
    /// What a rehearsal would do, as the actor may see it. Called while its effects stand in the database.
    func showing(
        _ documents: [DocumentEffect], _ postings: [Changeset.Posting], _ figures: [FigureChange],
        _ events: [(type: String, subject: String)], _ hash: String
    ) throws -> (json: JSON, documents: [DocumentEffect], postings: [Changeset.Posting]) {
        let access = try effectAccess(documents)
        var readable: [DocumentEffect] = []
        let shownDocuments = documents.map { effect -> JSON in
            guard let isOwn = access[Reference(effect.doctype, effect.name)],
                let type = registry.find(effect.doctype) ?? metadata.gone[effect.doctype]
            else { return ["action": .string(effect.action), "doctype": .string(effect.doctype), "hidden": true] }
            let shown = DocumentEffect(
                effect, detail: presentChanges(effect.detail, of: type, isOwn: isOwn),
                changed: presentChanges(effect.changed, of: type, isOwn: isOwn))
            readable.append(shown)
            return shown.json
        }
        let shownPostings = try postings.map(showing)
        let shownEvents = events.map { event -> JSON in
            let parts = event.subject.split(separator: "/", maxSplits: 1).map(String.init)
            let subject = Reference(parts.first ?? "", parts.count > 1 ? parts[1] : "")
            let isHidden = registry.find(subject.doctype) != nil && access[subject] == nil && !asksNoFields
            return [
                "type": .string(event.type), "subject": .string(isHidden ? subject.doctype : event.subject),
            ]
        }
        var json: JSONObject = [
            "hash": .string(hash), "documents": .array(shownDocuments),
            "postings": .array(zip(postings, shownPostings).map { countedJSON(of: $1, outOf: $0.rows.count) }),
            "events": .array(shownEvents),
        ]
        let shownFigures = try figures.filter(mayRead)
        json["figures"] = .array(shownFigures.map(\.json))
        if shownFigures.count < figures.count {
            json["hidden_figures"] = .int(Int64(figures.count - shownFigures.count))
        }
        return (.object(json), readable, shownPostings.filter { !$0.rows.isEmpty })
    }

    private func countedJSON(of shown: Changeset.Posting, outOf count: Int) -> JSON {
        var json: JSONObject = ["doctype": .string(shown.doctype)]
        if !shown.rows.isEmpty { json["rows"] = .array(shown.rows) }
        if !shown.changed.isEmpty { json["changed"] = .array(shown.changed) }
        if let relinked = shown.relinked { json["relinked"] = relinked.json }
        if shown.rows.count < count { json["hidden_rows"] = .int(Int64(count - shown.rows.count)) }
        return .object(json)
    }

    /// The documents among effects that the actor may read, each with whether it made it. One that is gone was read before.
    private func effectAccess(_ effects: [DocumentEffect]) throws -> [Reference: Bool] {
        var access: [Reference: Bool] = [:]
        for (doctype, effects) in Dictionary(grouping: effects, by: \.doctype).sorted(by: { $0.key < $1.key }) {
            let present = registry.find(doctype)
            guard let type = present ?? metadata.gone[doctype], try decision(.read, type).isAllowed else { continue }
            // There is no table any more where the DocType went, too.
            let documents = present == nil ? [] : try load(type, Set<Name>(effects.map(\.name)).sorted())
            let decisions = try decisions(.read, type, documents)
            for (document, decision) in zip(documents, decisions) where decision.isAllowed {
                access[Reference(doctype, document.name)] = document.owner == actor.user
            }
            let isAllOpen = readCondition(for: type, table: type.table, right: .read) == nil
            let there = Set(documents.map { Reference(doctype, $0.name) })
            for effect in effects where effect.action == Action.delete.rawValue {
                let gone = Reference(doctype, effect.name)
                if isAllOpen, !there.contains(gone) { access[gone] = false }
            }
        }
        return access
    }

    /// The rows of a posting that the actor may read, as it may see them.
    private func showing(_ posting: Changeset.Posting) throws -> Changeset.Posting {
        guard let type = registry.find(posting.doctype), try decision(.read, type).isAllowed else {
            return Changeset.Posting(doctype: posting.doctype)
        }
        if asksNoFields { return posting }
        let rows = try load(type, posting.rows.compactMap { $0["name"]?.string })
        let shown = zip(rows, try decisions(.read, type, rows)).filter(\.1.isAllowed).map { present($0.0) }
        let changed = try self.changed(posting, type)
        let isAllOpen = readCondition(for: type, table: type.table, right: .read) == nil
        return Changeset.Posting(
            doctype: posting.doctype, rows: shown, changed: changed, relinked: isAllOpen ? posting.relinked : nil)
    }

    /// What changes in older rows, of those that the actor may read.
    private func changed(_ posting: Changeset.Posting, _ type: DocType) throws -> [JSON] {
        let older = try load(type, posting.changed.compactMap { $0["name"]?.string })
        let readable: Set<Name> = Set(zip(older, try decisions(.read, type, older)).filter(\.1.isAllowed).map(\.0.name))
        let hidden = fieldRights(of: type, isOwn: false)
        return posting.changed.filter { readable.contains($0["name"]?.string ?? "") }.map { one in
            let fields = (one["changed"]?.array ?? []).filter { !hidden.hidden.contains($0.array?.first?.string ?? "") }
            return ["name": one["name"] ?? .null, "changed": .array(fields)]
        }
    }

    /// Whether the actor may read all that the figure may be of.
    private func mayRead(_ figure: FigureChange) throws -> Bool {
        guard let type = registry.find(figure.doctype), try decision(.read, type).isAllowed else { return false }
        return asksNoFields || readCondition(for: type, table: type.table, right: .read) == nil
    }
}
