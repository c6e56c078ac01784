package import Documents
internal import Metadata
package import Values

extension ListQuery {
    /// The values of which the list's conditions ask a field for one; nil where they ask for more than that.
    ///
    /// - Throws: ``Problem`` for conditions that mean nothing.
    package func values(askedOf field: String, in session: Session) throws -> [JSON]? {
        guard let filters, let filter = try Filter.parse(filters, "and", session.registry.doctype(doctype)) else {
            return nil
        }
        let all: [Filter] = if case .all(let filters) = filter { filters } else { [filter] }
        for case .condition(let condition) in all where condition.field == field {
            switch Operator(condition.op) {
            case .equal: if condition.value.string != nil { return [condition.value] }
            case .isIn: return try Filter.elements(condition.value, of: condition.field)
            default: continue
            }
        }
        return nil
    }
}
