internal import Documents
internal import HTTPTypes
internal import Values

/// Which state of a document an answer shows, or a request means (RFC 9110, sections 8.8.3 and 13.1): the moment of its last
/// change, in microseconds.
enum EntityTag {
    /// The tag of a state.
    static func of(_ version: Timestamp) -> String { "\"\(version.microseconds)\"" }

    /// Whether a header of conditions names the tag: `*`, or it among others. A weak tag names no state for certain.
    static func names(_ tag: String, _ header: String) -> Bool {
        header.split(separator: ",").contains { part in
            let part = part.drop { $0 == " " }
            let word = part.prefix { $0 != " " }
            return word == "*" || word == tag
        }
    }
}

extension Incoming {
    /// Refuses to change a document that is in another state than `If-Match` means.
    ///
    /// - Throws: ``Problem/Kind/otherVersion``.
    func requireMatch(_ document: Document?) throws {
        guard let header = headers[.ifMatch] else { return }
        if let version = document?.version, EntityTag.names(EntityTag.of(version), header) { return }
        throw Problem(
            .otherVersion, "The document is not in the state that If-Match names", field: "If-Match",
            fix: "Read it again and repeat the change.")
    }

    /// Whether the client has what is answered already. Rows of ledgers and what is kept show figures that change without
    /// them, and so do virtual fields.
    func hasVersion(of document: Document) -> Bool {
        guard document.doctype.virtualSlots.isEmpty, let version = document.version, let header = headers[.ifNoneMatch]
        else {
            return false
        }
        return EntityTag.names(EntityTag.of(version), header)
    }
}

extension Document {
    /// The moment of its last change; nil for one that was never saved, and for what is no document of its own.
    var version: Timestamp? { doctype.kind == .document ? values[Slot.modified].timestamp : nil }
}

extension Problem.Kind {
    /// A document in another state than the request means.
    static let otherVersion = Self("precondition_failed", exception: "TimestampMismatchError", status: 412)
}
