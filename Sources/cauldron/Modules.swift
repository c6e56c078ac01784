import Accounting
import Buying
import Reports
import Selling
import SetupWizard
import Stock

/// The modules every company has, in the order of the house.
let allModules: [Module] = [accountingModule, stockModule, sellingModule, buyingModule, setupWizardModule]
