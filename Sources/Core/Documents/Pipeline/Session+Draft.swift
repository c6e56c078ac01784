public import Values

/// A document as somebody edits it, worked out as saving it would; nothing of it is kept.
public struct Draft {
    /// The document with its defaults, what is fetched, and what controllers and modules compute.
    public let document: Document
    /// All that saving it would be refused for, in the order in which it was found.
    public let problems: [Problem]
}

extension Session {
    /// Works out what a document that a client sent would be if it were saved: through the same phases of the write path up
    /// to where rows are written. What a check refuses is noted, and the next one goes on; a new document gets no name, and
    /// what controllers would write besides is not written.
    ///
    /// A document whose name exists is changed as it is sent; another one is new. Fields that nothing knows are passed over
    /// and told in ``remarks``.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` for who may not write the document; ``StorageError``.
    public func draft(_ doctype: String, _ object: JSONObject) throws -> Draft {
        let type = try registry.doctype(doctype)
        guard type.kind == .document, noted == nil else {
            throw Problem(.forbidden, "\(type.name) rows are written only by what they belong to")
        }
        let passedOver = passesOverUnknown
        (noted, passesOverUnknown) = ([], true)
        defer { (noted, passesOverUnknown) = (nil, passedOver) }
        struct TakenBack: Error {}
        var draft: Draft?
        do {
            try savepoint {
                let document = try draftDocument(type, object)
                try workOut(document)
                draft = Draft(document: document, problems: noted ?? [])
                throw TakenBack()
            }
        } catch is TakenBack {}
        guard let draft else { throw Problem(.inconsistent, "The draft was not worked out") }
        return draft
    }

    private func draftDocument(_ type: DocType, _ object: JSONObject) throws -> Document {
        if type.isSingle { return try changed(get(type.name, type.name), object) }
        if let name = object["name"]?.string, object["__islocal"]?.int != 1, let present = try find(type.name, name) {
            return try changed(present, object)
        }
        return try document(type.name, from: object)
    }

    private func changed(_ document: Document, _ object: JSONObject) throws -> Document {
        let before = document.docstatus
        try apply(object, to: document)
        guard before <= document.docstatus, document.docstatus != .cancelled else {
            throw Problem(
                .transition,
                "A \(before.word) \(document.doctype.name) that is edited cannot become \(document.docstatus.word)",
                field: "docstatus"
            ).about(document)
        }
        return document
    }

    /// Runs a check, or a part of a controller that may refuse. In a draft, what it refuses is noted, and what stands behind
    /// goes on; else it ends what is done.
    ///
    /// `row` is the row that is checked, where it is one; `table` the field of a row that belongs to nothing yet.
    ///
    /// - Throws: what `body` throws.
    public func checking(_ row: Document? = nil, in table: String? = nil, _ body: () throws -> Void) throws {
        guard noted != nil else { return try body() }
        do {
            try body()
        } catch let problem as Problem {
            for var one in problem.single {
                if one.row != nil, let table { one.table = table }
                try refuse(one, of: row)
            }
        }
    }

    /// Refuses, or notes in a draft, what is wrong.
    func refuse(_ problem: Problem, of document: Document? = nil) throws {
        var problem = problem
        if let document {
            if problem.row != nil, document.doctype.kind == .child { problem.table = document.text("parentfield") }
            if document.doctype.kind == .document { problem = problem.about(document) }
        }
        guard noted != nil else { throw problem }
        // A controller and the field's own check may say the same.
        let isKnown = noted?.contains { $0.kind == problem.kind && $0.field == problem.field && $0.row == problem.row }
        if isKnown == true, problem.field != nil { return }
        let left = Limits.shownProblems - (noted?.count ?? 0)
        if left > 0 { noted?.append(problem) }
        if left == 1 { noted?.append(Problem(.tooMany, "There is more that is wrong than is told here")) }
    }
}
