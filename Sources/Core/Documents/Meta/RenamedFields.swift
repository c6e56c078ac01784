internal import Values

/// Fields that get another name with the next change of metadata; what documents hold in them stays.
package struct RenamedFields {
    /// The new names by DocType and old name.
    package private(set) var names: [String: [String: String]] = [:]

    /// None.
    package init() {}

    /// The name that a field has afterwards.
    package func name(of field: String, in doctype: String) -> String { names[doctype]?[field] ?? field }

    /// Notes what is renamed at once. A field that was renamed before goes straight to its last name.
    package mutating func note(_ renamed: [String: String], in doctype: String) {
        var known = names[doctype] ?? [:]
        let first = Dictionary(known.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for (old, new) in renamed { known[first[old] ?? old] = new }
        known = known.filter { $0.key != $0.value }
        names[doctype] = known.isEmpty ? nil : known
    }
}
