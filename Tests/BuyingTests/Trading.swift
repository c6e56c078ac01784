import Accounting
import Buying
import Selling
import Stock
import TestSupport

extension Trading {
    /// A company that buys and sells.
    init() async throws {
        try await self.init(
            [accountingModule, stockModule, sellingModule, buyingModule],
            suppliers: ["Exotic Liquids", "Tokyo Traders"])
    }
}
