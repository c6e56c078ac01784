internal import Accounting
public import Documents
internal import Storage
internal import Values

/// A movement of stock that no order asks for: something arrives, is used up, or goes to another warehouse.
public struct StockEntry: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Stock Entry", module: "Stock", naming: .series(["MAT-STE-.YYYY.-"]), .submittable, title: "stock_entry_type",
        search: ["stock_entry_type", "posting_date", "remarks"],
        permissions: [
            .work("Stock User"), .manage("Stock Manager"), .read("Accounts User"), .read("Accounts Manager"),
        ], summary: "A movement of stock that no order asks for.")

    public let stockEntryType = Select(Purpose.allCases.map(\.rawValue), .required, .inListView, .inStandardFilter)
    public let purpose = Select(Purpose.allCases.map(\.rawValue), .readOnly, .inStandardFilter)
    public let company = Link(Company.self, .required, .inStandardFilter)
    public let postingDate = DateField(.required, .today, .inListView, .indexed, .label("Date"))
    public let postingTime = TimeField()
    public let setPostingTime = Check(.hidden)
    public let isOpening = Select(["No", "Yes"], .fallback("No"))
    public let fromWarehouse = Link(Warehouse.self, .description("Where rows that do not say are taken from."))
    public let toWarehouse = Link(Warehouse.self, .description("Where rows that do not say are put."))
    public let itemsSection = Section("Items")
    public let items = Table(StockEntryDetail.self, .required)
    public let totals = Section("Totals")
    public let totalOutgoingValue = CurrencyField(.readOnly)
    public let totalIncomingValue = CurrencyField(.readOnly)
    public let valueDifference = CurrencyField(.readOnly, .description("What came in less what went out."))
    public let totalAmount = CurrencyField(.readOnly, .inListView)
    public let more = Section("More")
    public let remarks = SmallText(.allowOnSubmit)
    public init() {}

    /// What a stock entry is for.
    enum Purpose: String, CaseIterable {
        case receipt = "Material Receipt"
        case issue = "Material Issue"
        case transfer = "Material Transfer"

        var takesOut: Bool { self != .receipt }
        var putsIn: Bool { self != .issue }
    }
}

/// One line of a stock entry.
public struct StockEntryDetail: DocTypeSchema {
    public static let doctype = DocTypeInfo("Stock Entry Detail", module: "Stock", kind: .child)
    public let sWarehouse = Link(Warehouse.self, .inListView, .label("Source Warehouse"))
    public let tWarehouse = Link(Warehouse.self, .inListView, .label("Target Warehouse"))
    public let itemCode = Link(Item.self, .required, .inListView, .indexed)
    public let itemName = Data(.readOnly, .fetch("item_code", "item_name"))
    public let description = SmallText(.fetch("item_code", "description"), .fetchIfEmpty)
    public let qty = FloatField(.required, .inListView)
    public let uom = Link(UOM.self)
    public let conversionFactor = FloatField()
    public let stockUOM = Link(UOM.self, .readOnly, .fetch("item_code", "stock_uom"))
    public let transferQty = FloatField(.readOnly, .description("In the stock unit."))
    public let basicRate = FloatField(.inListView, .nonNegative, .description("What one of the stock unit is worth."))
    public let basicAmount = CurrencyField(.readOnly)
    public let amount = CurrencyField(.readOnly, .inListView)
    public let valuationRate = FloatField(.readOnly)
    public let allowZeroValuationRate = Check(.description("It is worth nothing, and that is meant."))
    public let expenseAccount = Link(
        Account.self,
        .description("The other side of what comes in or goes out; the company's stock adjustment account."))
    public let costCenter = Link(CostCenter.self)
    public init() {}
}

extension StockEntry: Controller {
    public static func validate(_ entry: Doc<Self>, in session: Session) throws {
        let document = entry.document
        guard let purpose = Purpose(rawValue: entry.stockEntryType) else { return }
        entry.purpose = purpose.rawValue
        try requireCompany(entry, in: session)
        StockVouchers.setMoment(document, in: session)
        try Trade.prepare(document, in: session)
        for row in entry.items {
            if row.sWarehouse.isEmpty { row.sWarehouse = entry.fromWarehouse }
            if row.tWarehouse.isEmpty { row.tWarehouse = entry.toWarehouse }
            // The side that the purpose does not have stays empty, whatever the head says.
            if !purpose.takesOut { row.sWarehouse = "" }
            if !purpose.putsIn { row.tWarehouse = "" }
        }
        let stockItems = try ItemRows.stockItems(of: document.table("items"), in: session)
        for row in entry.items { try check(row, purpose, stockItems) }
        if purpose != .transfer { try setAccounts(entry, in: session) }
        try value(entry, purpose, in: session)
    }

    public static func onSubmit(_ entry: Doc<Self>, in session: Session) throws {
        let document = entry.document
        guard let purpose = Purpose(rawValue: entry.stockEntryType) else { return }
        let moment = StockVouchers.moment(of: document, in: session)
        var movements: [StockLedger.Movement] = []
        var rows: [Doc<StockEntryDetail>] = []
        for row in entry.items {
            if purpose.takesOut {
                movements.append(
                    StockLedger.Movement(
                        item: row.itemCode, warehouse: row.sWarehouse, qty: -row.transferQty, incomingRate: nil,
                        voucherDetail: row.name))
                rows.append(row)
            }
            if purpose.putsIn {
                movements.append(
                    StockLedger.Movement(
                        item: row.itemCode, warehouse: row.tWarehouse, qty: row.transferQty,
                        incomingRate: purpose == .transfer ? nil : row.basicRate, voucherDetail: row.name))
                rows.append(row)
            }
        }
        let differences = try StockLedger.post(
            movements, for: document, on: moment.day, time: moment.time, company: entry.company, in: session)
        guard try StockCompany.isPerpetual(entry.company, in: session) else { return }
        var books = try StockBooks(of: entry.company, warehouses: Set(movements.map(\.warehouse)), in: session)
        for (index, difference) in differences.enumerated() {
            let row = rows[index]
            books.stock(movements[index].warehouse, difference, costCenter: row.costCenter)
            if purpose != .transfer { books.credit(row.expenseAccount, difference, costCenter: row.costCenter) }
        }
        try books.post(for: document, on: moment.day)
    }

    public static func onCancel(_ entry: Doc<Self>, in session: Session) throws {
        try StockBooks.reverse(
            entry.document, on: StockVouchers.moment(of: entry.document, in: session).day, company: entry.company,
            in: session)
    }

    public static func onTrash(_ entry: Doc<Self>, in session: Session) throws {
        try StockVouchers.refuseDeletion(of: entry.document, in: session)
    }

    // MARK: -

    /// Takes the company when there is one only.
    private static func requireCompany(_ entry: Doc<Self>, in session: Session) throws {
        guard entry.company.isEmpty else { return }
        let rows = try session.transaction.query("SELECT name FROM company LIMIT 2", [], [.text])
        guard rows.count == 1, let only = rows[0][0].text else {
            throw Problem(.mandatory, "Company is missing", field: "company", fix: "Give company.")
        }
        entry.company = only
    }

    private static func check(_ row: Doc<StockEntryDetail>, _ purpose: Purpose, _ stockItems: Set<Name>) throws {
        func refuse(_ kind: Problem.Kind, _ message: ProblemText, _ field: String) -> Problem {
            Problem(kind, "Row \(row.idx): \(message)", field: field, row: row.idx)
        }
        guard row.qty.isPositive else {
            throw refuse(.outOfBounds, "the quantity of \(row.itemCode) must be above 0", "qty")
        }
        guard stockItems.contains(row.itemCode) || row.itemCode.isEmpty else {
            throw refuse(.noStockItem, "\(row.itemCode) is no stock item", "item_code")
        }
        if purpose.takesOut, row.sWarehouse.isEmpty {
            throw refuse(.mandatory, "Source Warehouse of \(row.itemCode) is missing", "s_warehouse")
        }
        if purpose.putsIn, row.tWarehouse.isEmpty {
            throw refuse(.mandatory, "Target Warehouse of \(row.itemCode) is missing", "t_warehouse")
        }
        if purpose == .transfer, row.sWarehouse == row.tWarehouse {
            throw refuse(.sameWarehouse, "source and target warehouse are the same", "t_warehouse")
        }
        row.transferQty = row.qty * row.conversionFactor
        guard row.transferQty.isPositive else {
            throw refuse(.wrongFactor, "the conversion factor of \(row.uom) must be above 0", "conversion_factor")
        }
    }

    private static func setAccounts(_ entry: Doc<Self>, in session: Session) throws {
        let open = entry.items.filter { $0.expenseAccount.isEmpty }
        guard try !open.isEmpty && StockCompany.isPerpetual(entry.company, in: session) else { return }
        let account = try StockCompany.account("stock_adjustment_account", of: entry.company, in: session)
        for row in open { row.expenseAccount = account }
    }

    /// Sets rates and amounts: of what comes in as given, or what such stock is worth already; of what goes out the
    /// moving average as it is now. The ledger says later at what value it really went.
    private static func value(_ entry: Doc<Self>, _ purpose: Purpose, in session: Session) throws {
        let money = try StockCompany.money(of: entry.company, in: session)
        let rates = try presentRates(entry.items, purpose, in: session)
        for (row, rate) in zip(entry.items, rates) {
            if purpose.takesOut || row.basicRate.isZero && !row.allowZeroValuationRate { row.basicRate = rate }
            guard purpose.takesOut || !row.basicRate.isZero || row.allowZeroValuationRate else {
                throw Problem(
                    .missingValuation, "Row \(row.idx): nothing says what \(row.itemCode) is worth",
                    field: "basic_rate",
                    row: row.idx, fix: "Give basic_rate, or set allow_zero_valuation_rate.")
            }
            row.basicAmount = money.round(row.transferQty * row.basicRate)
            row.amount = row.basicAmount
            row.valuationRate = row.basicRate
        }
        let total = entry.items.sum(\.amount)
        entry.totalOutgoingValue = purpose.takesOut ? total : 0
        entry.totalIncomingValue = purpose.putsIn ? total : 0
        entry.valueDifference = entry.totalIncomingValue - entry.totalOutgoingValue
        entry.totalAmount = total
    }

    /// What the stock that each row moves is worth now: its bin's rate, else the item's.
    private static func presentRates(
        _ rows: [Doc<StockEntryDetail>], _ purpose: Purpose, in session: Session
    ) throws -> [Exact] {
        let names = rows.map { Bin.name($0.itemCode, purpose.takesOut ? $0.sWarehouse : $0.tWarehouse) }
        let bins = try session.values(of: "Bin", Set(names), ["valuation_rate"])
        let items = try session.facts(of: "Item", Set(rows.map(\.itemCode)), ["valuation_rate", "standard_rate"])
        return zip(rows, names).map { row, name in
            let candidates = [bins[name]?[0], items[row.itemCode]?[0], items[row.itemCode]?[1]]
            return candidates.compactMap { $0?.exact }.first { !$0.isZero } ?? 0
        }
    }
}
