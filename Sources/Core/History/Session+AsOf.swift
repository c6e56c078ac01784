public import Documents
internal import Metadata
internal import Storage
public import Values

extension Session {
    /// The document of that name with its rows as it was at `moment`; what was written at that moment is in it.
    ///
    /// The rights are those of now, and have to hold for the document as it was and, where it is still there, as it is.
    /// A document that was renamed since is found by the name it had then, and links hold the names of that time. Of
    /// a password stands only whether there was one. A single is what it was before its first save where that came later.
    /// The document cannot be saved.
    ///
    /// - Throws: ``Problem/Kind/notFound`` when there was none then; ``Problem/Kind/forbidden``;
    ///   ``Problem/Kind/noHistory`` when no versions are kept of it.
    public func get(_ doctype: String, _ name: String, asOf moment: Timestamp) throws -> Document {
        let type = try registry.doctype(doctype)
        try require(.read, type)
        try requireHistory(of: type)
        guard type.kind == .document else {
            let document = try get(doctype, name)
            let name = document.name
            guard let creation = document.creation, creation <= moment else { throw notThere(type, name) }
            return document
        }
        let forms = name.isNormalized ? [name] : [name, name.normalized]
        let past = try Past(self, type, names: forms, at: moment)
        let state = forms.compactMap { past[$0] }.first { $0.document != nil }
        let unsaved = type.isSingle && name == type.name ? unsavedSingle(type) : nil
        guard let document = state?.document ?? unsaved else { throw notThere(type, name) }
        try require(.read, type, document)
        if let current = state?.current { try require(.read, type, current) }
        return document
    }

    /// Refuses what nothing is known of: rows without their document, figures that are only kept as they are, and
    /// DocTypes whose changes are not tracked.
    package func requireHistory(of type: DocType) throws {
        let reason: ProblemText
        switch type.kind {
        case .ledger: return
        case .document where type.tracksChanges && !type.isVirtual: return
        case .document: reason = "No versions are kept of \(type.name)"
        case .child: reason = "Rows of \(type.name) are read with the document they belong to"
        case .kept: reason = "\(type.name) is kept as it is now, without its past"
        }
        var problem = Problem(.noHistory, reason, fix: "Ask for what it is now.")
        problem.doctype = type.name
        throw problem
    }
}
