internal import Documents
public import Reports

/// The books: companies, accounts, invoices to customers, payments, the general and payment ledger, the statements.
public let accountingModule = Module(
    "Accounting",
    roles: [
        "Accounts User", "Accounts Manager", "Auditor", "Sales User", "Sales Manager", "Purchase User",
        "Purchase Manager",
        "Stock User", "Stock Manager",
    ],
    reports: [
        GeneralLedgerReport.report, TrialBalance.report, FinancialStatement.balanceSheet,
        FinancialStatement.profitAndLoss,
        OutstandingReport.receivable, OutstandingReport.payable,
    ]
) { registry in
    registry.add(
        Currency.self, Company.self, Account.self, CostCenter.self, FiscalYear.self, ModeOfPayment.self,
        ModeOfPaymentAccount.self, PaymentTerm.self, PaymentTermsTemplate.self, PaymentTermsTemplateDetail.self,
        AccountsSettings.self)
    registry.add(SalesTaxesAndCharges.self, PurchaseTaxesAndCharges.self)
    registry.add(SalesInvoice.self, SalesInvoiceItem.self)
    registry.add(PaymentEntry.self, PaymentEntryReference.self, PaymentEntryDeduction.self)
    registry.add(JournalEntry.self, JournalEntryAccount.self)
    registry.add(GLEntry.self, PaymentLedgerEntry.self)
    registry.add(table: AccountBalances.table)
    registry.register(
        TradeDocument("Sales Invoice", .sells, .field("customer", of: "Customer"), day: "posting_date"))
    registry.register(
        TradeDocument("Payment Entry", .pays, .dynamic(type: "party_type", name: "party"), day: "posting_date"))
    registry.register(
        TradeDocument(
            "Journal Entry", .pays, .rows(of: "accounts", type: "party_type", name: "party"), day: "posting_date"))
    registry.register(SettingsHolder("Company"))
    registry.register(
        Facts(
            of: "Account", "company", "is_group", "disabled", "freeze_account", "account_type", "root_type",
            "account_currency", "balance_must_be"))
    for party in ["Employee", "Shareholder"] { registry.register(PartyKind.creditor(party)) }
    registry.register(Parties.rule)
    registry.add(renaming: AccountBalances.renaming)
    registry.register(Invoices.overdue)
    for word in SeriesWords.all { registry.add(namingWord: word) }
    registry.add(PaymentMethods.getPaymentEntry)
    for method in LedgerMethods.all + DetailMethods.all { registry.add(method) }
    for check in LedgerChecks.all { registry.add(check: check) }
}
