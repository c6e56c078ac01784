import Documents
import TestSupport
import Testing

/// What holds of every DocType, tried on those of all modules.
@Suite(.bothEngines) struct HouseDocTypesTests {
    @Test func `every DocType of the house lives through all that can be done with it`() async throws {
        let trading = try await Trading()
        var passed: Set<String> = []
        for (doctype, outcome) in try await GenericDocTypes.outcomes(of: trading) {
            switch outcome {
            case .passed: passed.insert(doctype)
            case .failed(let text): Issue.record("\(doctype): \(text)")
            // A rule of business stands against made-up values; what the rule is, its own tests say.
            case .refused, .looked: break
            }
        }
        #expect(
            passed.isSuperset(of: ["Item Group", "UOM", "Warehouse", "Account", "Stock Entry", "Address", "User"]),
            "\(passed.sorted())")
    }
}
