public import Documents
internal import Values

/// What holds of every DocType, shipped or loaded, tried on one registry: it has a table, it is described as forms need it,
/// listed, read and exported, and its documents are inserted, read back, changed, listed, refused to whom its permissions
/// name not, taken through a CSV file, submitted, cancelled, amended and deleted.
public struct GenericDocTypes {
    let session: Session
    let examples: [String: Example]
    private var number = 0
    /// Documents that were made to be linked to, by their DocType.
    var made: [String: String] = [:]

    init(_ session: Session, examples: [String: Example]) {
        self.session = session
        self.examples = examples
    }

    /// What came of one DocType.
    public enum Outcome: Sendable {
        /// A document of it went all the way.
        case passed
        /// It has no documents of its own, or nobody writes them: it was described, listed and exported.
        case looked
        /// A rule of the DocType refused made-up values.
        case refused(Problem)
        /// What does not hold.
        case failed(String)
    }

    /// Tries every DocType of a company, each in a transaction of its own that is taken back; with `checksEffects` all that
    /// was done is held against the changeset of it.
    public static func outcomes(
        of company: some TestCompany, examples: [String: Example] = [:], checksEffects: Bool = false
    ) async throws -> [(doctype: String, outcome: Outcome)] {
        var outcomes: [(doctype: String, outcome: Outcome)] = []
        for name in company.registry.doctypes.map(\.name) {
            do {
                try await company.write { session in
                    var generic = GenericDocTypes(session, examples: examples)
                    let type = try session.registry.doctype(name)
                    guard checksEffects else { throw TakenBack(outcome: try generic.run(type)) }
                    var outcome = Outcome.looked
                    let oracle = EffectOracle(session.registry, session.transaction)
                    let wrong = try oracle.differences(in: session) { outcome = try generic.run(type) }
                    if case .failed = outcome { throw TakenBack(outcome: outcome) }
                    throw TakenBack(outcome: wrong.isEmpty ? outcome : .failed(wrong.joined(separator: "; ")))
                }
            } catch let taken as TakenBack {
                outcomes.append((name, taken.outcome))
            } catch let problem as Problem {
                outcomes.append((name, .refused(problem)))
            } catch {
                outcomes.append((name, .failed("\(error)")))
            }
        }
        return outcomes
    }

    private struct TakenBack: Error { let outcome: Outcome }
    /// What does not hold.
    struct Failure: Error { let text: String }

    private mutating func run(_ type: DocType) throws -> Outcome {
        do {
            do {
                try look(at: type)
            } catch let problem as Problem {
                return .failed("it cannot be looked at: \(problem.message)")
            }
            guard type.kind == .document, !type.isVirtual, session.registry.isInTable(type), !isMetadata(type) else {
                return .looked
            }
            try live(type)
            return .passed
        } catch let failure as Failure {
            return .failed(failure.text)
        }
    }

    /// Documents of these change the registry itself and have tests of their own.
    private func isMetadata(_ type: DocType) -> Bool {
        ["Custom Field", "Property Setter", "Custom DocPerm", "Document Naming Rule"].contains(type.name)
    }

    func expect(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        if !condition { throw Failure(text: text()) }
    }

    /// Expects a problem of one of these kinds, and takes back what was done.
    func expectRefused(_ what: String, _ kinds: [Problem.Kind], _ body: () throws -> Void) throws {
        do {
            try session.savepoint(body)
        } catch let problem as Problem {
            return try expect(kinds.contains(problem.kind), "\(what) was refused otherwise: \(problem.message)")
        }
        throw Failure(text: "\(what) was not refused")
    }

    /// Fields that the server fills by itself.
    func isOwnBusiness(_ field: FieldDefinition) -> Bool {
        let flags = field.flags
        return flags.contains(.readOnly) || flags.contains(.virtual) || field.fetchFrom != nil || field.formula != nil
            || field.type == .password || field.expression != nil || field.readOnlyDependsOn != nil
    }

    /// A number that was not given before.
    mutating func next() -> Int {
        number += 1
        return number
    }
}
