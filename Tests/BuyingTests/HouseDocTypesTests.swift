import Documents
import TestSupport
import Testing
import Values

/// What holds of every DocType, tried on those of all modules.
@Suite(.bothEngines) struct HouseDocTypesTests {
    @Test func `every DocType of the house lives through all that can be done with it`() async throws {
        let trading = try await Trading()
        let outcomes = try await GenericDocTypes.outcomes(of: trading, examples: HouseExamples.all)
        #expect(outcomes.count == trading.registry.doctypes.count)
        var looked: Set<String> = []
        for (doctype, outcome) in outcomes {
            switch outcome {
            case .passed: break
            case .looked: looked.insert(doctype)
            case .failed(let text): Issue.record("\(doctype): \(text)")
            case .refused(let problem): Issue.record("\(doctype) is refused: \(problem.message)")
            }
        }
        // Rows and ledgers have no life of their own, and what describes DocTypes has tests of its own.
        let documents = looked.filter { trading.registry.find($0)?.kind == .document }
        #expect(
            documents == [
                "DocType", "Custom Field", "Property Setter", "Custom DocPerm", "Document Naming Rule", "Activity Log",
                "Background Job", "Scheduled Job Type",
            ])
        #expect(Set(HouseExamples.all.keys).isSubset(of: outcomes.map(\.doctype)), "each example is of a DocType")
    }

    @Test func `who may write a document may select what its links name`() async throws {
        let trading = try await Trading()
        let gaps = try await trading.read { session -> [String] in
            var gaps: Set<String> = []
            for type in session.registry.doctypes where type.kind == .document {
                let roles = type.permissions.filter {
                    $0.permlevel == 0 && !$0.rights.isDisjoint(with: [.create, .write])
                }.map(\.role)
                let types = [type] + type.tables.compactMap { session.registry.find($0.field.options ?? "") }
                for role in Set(roles) {
                    let other = Session(
                        actor: Actor(user: "x", roles: [Name(role), "Desk User"]), now: session.now,
                        registry: session.registry, transaction: session.transaction
                    ) { "" }
                    for field in types.flatMap(\.fields) {
                        guard field.type == .link, let target = session.registry.find(field.options ?? ""),
                            field.flags.isDisjoint(with: [.linksToHidden, .readOnly]), target.kind == .document,
                            !other.may(.select, target)
                        else { continue }
                        gaps.insert("\(target.name) < \(role)  by \(type.name).\(field.name)")
                    }
                }
            }
            return gaps.sorted()
        }
        #expect(gaps.isEmpty, "\(gaps.joined(separator: "\n"))")
    }
}
