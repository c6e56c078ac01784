import Documents
import TestSupport
import Testing
import Values

/// Every DocType of the core, of the tests and of the fixtures, on both engines.
@Suite(.bothEngines) struct GenericDocTypeSuite {
    /// Of these made-up values do not meet the rules.
    private static let examples = GenericDocTypes.coreExamples(about: "Part", "bolt", "nut").merging([
        "Auto Repeat": .init(changing: ["frequency": "Quarterly"]) { session in
            try session.make("Instrument", ["serial": "S1", "title": "Scale"])
            let calibration = try session.make("Calibration", ["instrument": "S1", "readings": [["point": 1]]])
            return [
                "reference_doctype": "Calibration", "reference_document": .string(calibration.name),
                "frequency": "Monthly", "start_date": "2026-03-09",
            ]
        }
    ]) { core, _ in core }

    @Test func `every DocType lives through all that can be done with it`() async throws {
        let laboratory = try await MetaLaboratory.filled()
        try await laboratory.write { session in
            for code in ["bolt", "nut"] as [JSON] { try session.make("Part", ["code": code, "title": code]) }
        }
        let outcomes = try await GenericDocTypes.outcomes(of: laboratory, examples: Self.examples)
        #expect(outcomes.count == laboratory.registry.doctypes.count)
        var looked: Set<String> = []
        for (doctype, outcome) in outcomes {
            switch outcome {
            case .passed: break
            case .looked: looked.insert(doctype)
            case .failed(let text): Issue.record("\(doctype): \(text)")
            case .refused(let problem): Issue.record("\(doctype) is refused: \(problem.message)")
            }
        }
        // Rows and ledgers have no life of their own, and what describes DocTypes or logs sign-ins has tests of its own.
        let documents = looked.filter { laboratory.registry.find($0)?.kind == .document }
        #expect(
            documents == [
                "DocType", "Custom Field", "Property Setter", "Custom DocPerm", "Document Naming Rule", "Activity Log",
                "Background Job", "Scheduled Job Type",
                "Laboratory Feed",
            ])
    }
}
