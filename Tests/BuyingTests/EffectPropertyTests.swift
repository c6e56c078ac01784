import Collaboration
import Documents
import Storage
import TestSupport
import Testing
import Values

/// The changeset of a rehearsal is what the command then does: every field, ledger row, older row and kept figure.
@Suite(.bothEngines) struct EffectPropertyTests {
    @Test(arguments: [1, 4] as [UInt64])
    func `whatever is done in trade and stock does what its rehearsal says`(seed: UInt64) async throws {
        let trading = try await Trading()
        try await trading.database.write { transaction in
            transaction.takeTime(seconds: 600)
            var game = Game(trading, seed: seed, transaction)
            game.checksEffects = true
            for step in 1...40 {
                do {
                    try game.play()
                } catch {
                    Issue.record("seed \(seed), step \(step), \(game.action): \(error)")
                    return
                }
            }
            #expect(game.paper.vouchers.count > 8, "many legal steps were among them")
            do {
                try game.cancelAll()
            } catch {
                Issue.record("seed \(seed), at the end, \(game.action): \(error)")
            }
        }
    }

    @Test func `renaming, merging, discarding, deleting and restoring do what their rehearsals say`() async throws {
        let trading = try await Trading()
        try await trading.database.write { transaction in
            transaction.takeTime(seconds: 600)
            var game = Game(trading, seed: 7, transaction)
            for _ in 1...40 { try game.play() }
            let account = game.expenses
            let steps: [(String, (Session) throws -> Void)] = [
                ("an item gets another name", { _ = try $0.rename("Item", "Chai", to: "Chai Tea") }),
                ("a warehouse, too", { _ = try $0.rename("Warehouse", Trading.shop, to: "Corner - NT") }),
                ("an account, too", { _ = try $0.rename("Account", account, to: "All Expenses - NT") }),
                ("a customer is made", { try $0.make("Customer", ["customer_name": "Twin"]) }),
                ("and merged", { _ = try $0.rename("Customer", "Twin", to: "Bólido", merge: true) }),
                (
                    "a draft is discarded",
                    { session in
                        let order = try session.make(
                            "Sales Order",
                            [
                                "customer": "Bólido", "company": .string(Trading.name),
                                "transaction_date": "1996-06-01", "delivery_date": "1996-06-02",
                                "items": [["item_code": "Tofu", "qty": 1, "rate": 3]],
                            ])
                        try session.discard(order)
                    }
                ),
                ("a group is made", { try $0.make("Item Group", ["item_group_name": "Sweets"]) }),
                (
                    "with a tag and a comment",
                    { session in
                        try session.tag("Item Group", "Sweets", with: "new")
                        try session.make(
                            "Comment",
                            [
                                "comment_type": "Comment", "reference_doctype": "Item Group",
                                "reference_name": "Sweets",
                                "content": "hello",
                            ])
                    }
                ),
                ("deleted", { try $0.delete("Item Group", "Sweets") }),
                (
                    "and brought back",
                    { session in
                        let copy = try #require(try session.deletedCopy(of: "Item Group", "Sweets"))
                        try session.restore(copy)
                    }
                ),
            ]
            for (what, step) in steps {
                let wrong = try game.differences(step)
                #expect(wrong.isEmpty, "\(what)")
            }
        }
    }

    @Test func `what happens in the life of any document is in its changeset`() async throws {
        let trading = try await Trading()
        let outcomes = try await GenericDocTypes.outcomes(of: trading, examples: HouseExamples.all, checksEffects: true)
        for (doctype, outcome) in outcomes {
            if case .failed(let text) = outcome { Issue.record("\(doctype): \(text)") }
        }
    }
}
