import Documents
import TestSupport
import Testing
import Values

/// Every DocType of the core, of the tests and of the fixtures, on both engines.
@Suite(.bothEngines) struct GenericDocTypeSuite {
    @Test func `every DocType lives through all that can be done with it`() async throws {
        let laboratory = try await MetaLaboratory.filled()
        let outcomes = try await GenericDocTypes.outcomes(of: laboratory)
        #expect(outcomes.count == laboratory.registry.doctypes.count)
        for (doctype, outcome) in outcomes {
            let isOwn = laboratory.registry.find(doctype)?.isCustom == true
            switch outcome {
            case .passed, .looked: break
            case .failed(let text): Issue.record("\(doctype): \(text)")
            case .refused(let problem): #expect(!isOwn, "\(doctype): \(problem.message)")
            }
        }
        let passed = outcomes.filter { if case .passed = $0.outcome { true } else { false } }.map(\.doctype)
        #expect(
            Set(passed).isSuperset(of: ["Part", "Shelf", "Job", "Role", "User", "Instrument", "Calibration"]),
            "\(passed)")
    }
}
