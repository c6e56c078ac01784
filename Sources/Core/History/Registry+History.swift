public import Documents

extension Registry {
    /// Declares what documents were: a version of each change, and the methods that tell of them.
    public mutating func addHistory() {
        add(Version.self)
        observe(.all, .written) { changes, session in try session.keepVersions(changes) }
        atEnd { session, events in try session.writeVersions(events) }
        atRenamedFields { renamed, before, session in try RenamedHistory(renamed, before, session).run() }
        for method in LineageMethods.all { add(method) }
    }
}
