import Accounting
import Buying
import Reports
import Selling
import Stock

/// The modules every company has, in the order of the house.
let allModules: [Module] = [accountingModule, stockModule, sellingModule, buyingModule]
