internal import Accounting
internal import Documents
internal import Values

/// Suppliers on hold: nothing new is ordered from them, billed by them or paid to them, as the type of the hold says.
enum SupplierHold {
    /// One statement for the suppliers of a document. Goods may arrive, and cancelling stays possible.
    static let rule = TradeRule { document, kind, session in
        guard let blocking = blocking(kind) else { return }
        let parties = kind.parties(of: document).filter { $0.type == "Supplier" }
        guard !parties.isEmpty else { return }
        let found = try session.facts(
            of: "Supplier", Set(parties.map(\.name)), ["on_hold", "hold_type", "release_date"])
        for party in parties {
            guard let values = found[party.name], values[0].int == 1 else { continue }
            let type = values[1].text ?? "All"
            let ends = values[2].day
            guard type == "All" || type == blocking, ends.map({ session.today <= $0 }) ?? true else { continue }
            let place = party.row.map { "Row \($0): " } ?? ""
            throw Problem(
                .partyOnHold,
                "\(place)Supplier \(party.name) is on hold\(ends.map { " until \($0)" } ?? "")", field: party.field,
                row: party.row, fix: "Release it, or choose another.")
        }
    }

    /// The type of a hold that keeps such documents from being made.
    private static func blocking(_ kind: TradeDocument) -> String? {
        switch kind.doctype {
        case "Purchase Order", "Purchase Invoice": "Invoices"
        default: kind.deed == .pays ? "Payments" : nil
        }
    }
}

extension Problem.Kind {
    /// A document with a supplier that is on hold.
    static let partyOnHold = Self("party_on_hold", exception: "ValidationError")
}
