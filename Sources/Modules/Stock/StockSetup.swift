internal import Accounting
public import Documents
internal import Values

/// What a company with stock starts with.
public enum StockSetup {
    /// Units of measure and the root of the item groups; what is there stays.
    public static func install(in session: Session) throws {
        let units: [(name: String, isWhole: Bool)] = [
            ("Nos", true), ("Unit", true), ("Pair", true), ("Box", false), ("Set", false), ("Kg", false),
            ("Gram", false),
            ("Litre", false), ("Meter", false), ("Hour", false), ("Day", false),
        ]
        let known = try session.values(of: "UOM", units.map(\.name), ["name"])
        try session.insert(
            units.filter { known[$0.name] == nil }.map { unit in
                let document = try session.new("UOM")
                document.set("uom_name", unit.name)
                document.set("must_be_whole_number", unit.isWhole)
                return document
            })
        guard try !session.exists("Item Group", "All Item Groups") else { return }
        let root = try session.new(ItemGroup.self)
        root.itemGroupName = "All Item Groups"
        root.isGroup = true
        try session.insert(root)
        for name in ["Products", "Raw Material", "Services", "Consumable"] {
            let group = try session.new(ItemGroup.self)
            group.itemGroupName = name
            group.parentItemGroup = root.name
            try session.insert(group)
        }
    }

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
