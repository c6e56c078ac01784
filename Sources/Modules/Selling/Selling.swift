internal import Accounting
internal import Documents
public import Reports

/// Selling: customers, the people who sell to them, quotations and orders.
public let sellingModule = Module("Selling", roles: ["Sales User", "Sales Manager"]) { registry in
    registry.add(
        Address.self, Contact.self, DynamicLinkRow.self, ContactEmail.self, ContactPhone.self, CustomerGroup.self,
        Territory.self, Customer.self,
        SalesPerson.self, SalesTeam.self)
    registry.add(Quotation.self, QuotationItem.self, SalesOrder.self, SalesOrderItem.self)
    registry.register(PartyKind.debtor("Customer"))
    registry.register(Facts(of: "Customer", "disabled", "is_frozen", "credit_limit"))
    registry.register(
        TradeDocument(
            "Quotation", .sells, .dynamic(type: "quotation_to", name: "party_name"), day: "transaction_date",
            isBinding: false))
    registry.register(
        TradeDocument("Sales Order", .sells, .field("customer", of: "Customer"), day: "transaction_date"))
    registry.observe(.all, .written, CreditLimit.observer)
    registry.add(check: Orders.check("Sales Order", done: "delivered_qty", keptAs: "reserved_qty"))
    registry.add(SellingSettings.self)
    registry.add(naming: NamingSetting("Selling Settings", "cust_master_name", series: "CUST-.YYYY.-"), for: "Customer")
    registry.register(QuotationExpiry.task)
    for method in SellingMethods.all { registry.add(method) }
}
