public import Documents

extension Registry {
    /// Declares the search: its index, which follows what is written, and the methods by which clients search.
    public mutating func addSearch() {
        observe(.all, .written) { changes, session in session.noteForSearch(changes) }
        atEnd { session, _ in try session.writeSearch() }
        atMetadata { session in try session.refreshSearch() }
        add(check: Check("search index") { try $0.checkSearch() })
        add(table: SearchIndex.table)
        add(table: SearchIndex.shapes)
        for method in SearchMethods.all { add(method) }
    }
}
