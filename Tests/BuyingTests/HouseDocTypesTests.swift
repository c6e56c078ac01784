import Documents
import TestSupport
import Testing

/// What holds of every DocType, tried on those of all modules.
@Suite(.bothEngines) struct HouseDocTypesTests {
    /// Why a document cannot go all the way, by DocType: all others do.
    private static let expected = ["Company": "linked"]

    @Test func `every DocType of the house lives through all that can be done with it`() async throws {
        let trading = try await Trading()
        let outcomes = try await GenericDocTypes.outcomes(of: trading, examples: HouseExamples.all)
        #expect(outcomes.count == trading.registry.doctypes.count)
        var refused: [String: String] = [:]
        for (doctype, outcome) in outcomes {
            switch outcome {
            case .passed, .looked: break
            case .failed(let text): Issue.record("\(doctype): \(text)")
            case .refused(let problem): refused[doctype] = problem.kind.code
            }
        }
        #expect(refused == Self.expected)
        #expect(Set(HouseExamples.all.keys).isSubset(of: outcomes.map(\.doctype)), "each example is of a DocType")
    }
}
