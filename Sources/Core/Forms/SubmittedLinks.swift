internal import Collaboration
public import Documents
internal import Metadata
internal import Values

extension Session {
    /// The submitted documents that link to a document, directly or through others, as far as the actor may read them: those
    /// furthest away first, so that they can be cancelled in this order.
    ///
    /// One statement for each field that may link and each step away from it.
    ///
    /// - Throws: ``Problem/Kind/tooMany`` beyond ``Limits/cascadeDocuments``.
    public func submittedLinks(_ doctype: String, _ name: String) throws -> [Document] {
        let document = try get(doctype, name)
        var known: Set<Reference> = [Reference(document.doctype.name, document.name)]
        var edge = [(type: document.doctype, names: [document.name])]
        var found: [Document] = []
        while !edge.isEmpty {
            var next: [String: [String]] = [:]
            for (type, names) in edge {
                for holder in try holders(of: type, names) where known.insert(holder).inserted {
                    next[holder.doctype, default: []].append(holder.name)
                }
            }
            guard known.count <= Limits.cascadeDocuments else {
                throw Problem(.tooMany, "More than \(Limits.cascadeDocuments) documents link to it").about(document)
            }
            edge = []
            for (doctype, names) in next.sorted(by: { $0.key < $1.key }) {
                guard let type = registry.find(doctype), type.isSubmittable else { continue }
                let submitted = try load(type, names).filter { $0.docstatus == .submitted }
                edge.append((type, submitted.map(\.name)))
                for (one, decision) in zip(submitted, try decisions(.read, type, submitted)) where decision.isAllowed {
                    found.append(one)
                }
            }
        }
        return found.reversed()
    }
}
