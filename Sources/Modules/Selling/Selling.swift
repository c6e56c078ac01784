internal import Documents
public import Reports

/// Selling: customers, the people who sell to them, quotations and orders.
public let sellingModule = Module("Selling", roles: ["Sales User", "Sales Manager"]) { registry in
    registry.add(
        Address.self, Contact.self, DynamicLinkRow.self, CustomerGroup.self, Territory.self, Customer.self,
        SalesPerson.self, SalesTeam.self)
    registry.add(Quotation.self, QuotationItem.self, SalesOrder.self, SalesOrderItem.self)
    registry.add(daily: QuotationExpiry.task)
    for method in SellingMethods.all { registry.add(method) }
}
