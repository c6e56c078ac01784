public import Documents

extension Registry {
    /// Declares lists of what no table holds, and the method that lists documents as they were.
    public mutating func addLists() {
        for kind in DocTypeRows.kinds { add(source: DocTypeRows.source(of: kind), for: kind) }
        add(AsOfMethod.method)
    }
}
