public import Values

/// What a session has to tell besides its result: what it passed over, and what it kept that has no effect.
public struct Remarks: Sendable, Equatable {
    /// The names that were sent and that nothing knows, such as `colour` or `items.weight`, each once, in the order they
    /// came; at most ``Limits/remarks``.
    public private(set) var ignored: [String] = []
    /// How often another name was passed over.
    public private(set) var more = 0
    /// What was kept and has no effect.
    public package(set) var warnings: [Problem] = []

    /// Which state of the document is answered; nil where no document is.
    public var version: Timestamp?

    /// Nothing to tell.
    public init() {}

    /// Whether there is nothing to tell.
    public var isEmpty: Bool { ignored.isEmpty && warnings.isEmpty && version == nil }

    /// Notes a name that was passed over.
    public mutating func ignore(_ name: String) {
        guard !ignored.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else { return }
        if ignored.count < Limits.remarks { ignored.append(name) } else { more += 1 }
    }
}

extension Session {
    /// Passes over a name that was sent and that nothing knows, and notes it; where nothing is passed over, it is refused.
    ///
    /// - Throws: `problem`, unless ``passesOverUnknown``.
    public func passOver(_ name: String, or problem: @autoclosure () -> Problem) throws {
        guard passesOverUnknown else { throw problem() }
        remarks.ignore(name)
    }
}

extension Limits {
    /// The most names that an answer tells as passed over.
    static let remarks = 100
}
