import Accounting
import Selling
import Stock
import TestSupport

extension Trading {
    /// A company that sells.
    init() async throws { try await self.init([accountingModule, stockModule, sellingModule]) }
}
