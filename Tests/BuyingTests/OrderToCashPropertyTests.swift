import Documents
import Storage
import TestSupport
import Testing
import Values

/// Random business, checked after each step against a naive account of it on paper.
@Suite(.bothEngines) struct OrderToCashPropertyTests {
    @Test(arguments: [1, 2, 3, 5, 8] as [UInt64])
    func `whatever is done in whatever order, the books balance and agree with stock`(seed: UInt64) async throws {
        let trading = try await Trading()
        try await trading.database.write { transaction in
            var game = Game(trading, seed: seed, transaction)
            for step in 1...150 {
                do {
                    try game.play()
                    try game.check(everything: step % 25 == 0)
                } catch {
                    Issue.record("seed \(seed), step \(step), \(game.action): \(error)")
                    return
                }
            }
            #expect(game.refused > 5, "illegal steps were among them")
            #expect(game.paper.vouchers.count > 40, "and many legal ones")
            do {
                try game.cancelAll()
                try game.check(everything: true)
                try game.checkNothingIsLeft()
            } catch {
                Issue.record("seed \(seed), at the end, \(game.action): \(error)")
            }
        }
    }
}
