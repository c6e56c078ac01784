import Documents
import TestSupport
import Testing

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
                "DocType", "Custom Field", "Property Setter", "Custom DocPerm", "Document Naming Rule",
            ])
        #expect(Set(HouseExamples.all.keys).isSubset(of: outcomes.map(\.doctype)), "each example is of a DocType")
    }
}
