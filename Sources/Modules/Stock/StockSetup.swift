internal import Accounting
internal import Documents
internal import Values

/// What a company with stock starts with.
enum StockSetup {
    /// The warehouses of a new company: the root of the tree and `Stores`, `Finished Goods`, `Goods In Transit` and
    /// `Work In Progress` below it; what is there stays.
    static func installWarehouses(of company: String, in session: Session) throws {
        let abbr = try Companies.get(company, in: session).abbr
        let root = "All Warehouses - \(abbr)"
        let names = ["All Warehouses", "Stores", "Finished Goods", "Goods In Transit", "Work In Progress"]
        for name in names where try !session.exists("Warehouse", "\(name) - \(abbr)") {
            let warehouse = try session.new(Warehouse.self)
            warehouse.warehouseName = name
            warehouse.company = company
            warehouse.isGroup = name == names[0]
            if !warehouse.isGroup { warehouse.parentWarehouse = root }
            try session.insert(warehouse)
        }
    }
}
