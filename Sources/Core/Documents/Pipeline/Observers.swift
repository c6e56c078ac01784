internal import Values

/// The moments of a write at which modules observe it.
public enum Phase: Sendable, CaseIterable {
    /// Before anything is written, after the controllers' `validate`: for what another module computes or refuses. Of writes
    /// that follow from others, and of a renaming or a deletion, too.
    case validate
    /// When it is written and noted, before the controllers' hooks after it: for what follows from it.
    case written
}

/// Which documents are observed.
public enum Observed: Sendable {
    /// Those of every DocType.
    case all
    /// Those of one DocType, whether the observer's module or one above it declares it.
    case doctype(String)
}

/// Is shown what is done to documents, in the transaction in which it is done; it may write, and what it throws undoes all.
///
/// It is handed all documents of a write at once. What it writes in ``Phase/written`` through the session is observed in turn.
public typealias Observer = @Sendable ([DocumentChange], Session) throws -> Void

/// The observers of all DocTypes.
struct Observers: Sendable {
    private var ofAll: [Phase: [Observer]] = [:]
    private var ofDocType: [Phase: [String: [Observer]]] = [:]

    mutating func add(_ observed: Observed, _ phase: Phase, _ observer: @escaping Observer) {
        switch observed {
        case .all: ofAll[phase, default: []].append(observer)
        case .doctype(let name): ofDocType[phase, default: [:]][name, default: []].append(observer)
        }
    }

    /// Shows a write to those who observe it, in the order in which they were added: those of all DocTypes first.
    func run(_ phase: Phase, _ write: Write, _ session: Session) throws {
        let all = ofAll[phase] ?? []
        let some = ofDocType[phase] ?? [:]
        if all.isEmpty, some.isEmpty { return }
        // Only a deletion has documents of several DocTypes.
        var own: [(String, [Observer])] = []
        for document in write.documents where own.last?.0 != document.doctype.name {
            if let observers = some[document.doctype.name], !own.contains(where: { $0.0 == document.doctype.name }) {
                own.append((document.doctype.name, observers))
            }
        }
        guard !all.isEmpty || !own.isEmpty else { return }
        let changes = write.noted
        for observer in all { try observer(changes, session) }
        for (doctype, observers) in own {
            let changes = changes.filter { $0.document.doctype.name == doctype }
            for observer in observers { try observer(changes, session) }
        }
    }
}
