import Values

/// What a client would send for a voucher on paper.
struct VoucherJSON {
    let game: Game
    var freight: Exact?
    var tax: Exact?
    /// Debit and credit of a journal entry differ.
    var isUneven = false

    func object(of voucher: Voucher) -> JSONObject {
        var object: JSONObject = ["posting_date": .string(voucher.day.description)]
        switch voucher.kind {
        case .order, .delivery, .invoice: object["customer"] = "Alfreds Futterkiste"
        case .purchaseOrder, .receipt, .bill: object["supplier"] = "Tokyo Traders"
        case .payment: return payment(voucher)
        case .journal: return journal(voucher)
        case .stockEntry:
            let purposes: [String: JSON] = [
                "In": "Material Receipt", "Out": "Material Issue", "Transfer": "Material Transfer",
            ]
            object["stock_entry_type"] = purposes[voucher.lines[0].uom]
        }
        if voucher.kind == .order || voucher.kind == .purchaseOrder {
            object["posting_date"] = nil
            object["transaction_date"] = .string(voucher.day.description)
            object[voucher.kind == .order ? "delivery_date" : "schedule_date"] = .string(voucher.day.description)
        }
        object["items"] = .array(voucher.lines.map { .object(line($0, voucher.kind)) })
        var taxes: [JSON] = []
        if let freight { taxes.append(.object(charge("Actual", "tax_amount", freight, voucher))) }
        if let tax { taxes.append(.object(charge("On Net Total", "rate", tax, voucher))) }
        if !taxes.isEmpty { object["taxes"] = .array(taxes) }
        return object
    }

    private func line(_ line: Voucher.Line, _ kind: Voucher.Kind) -> JSONObject {
        var row: JSONObject = ["item_code": .string(line.item), "qty": .decimal(line.qty)]
        if kind == .stockEntry {
            row["basic_rate"] = .decimal(line.rate)
            if line.uom != "In" { row["s_warehouse"] = .string(line.warehouse) }
            if line.uom == "In" { row["t_warehouse"] = .string(line.warehouse) }
            if line.uom == "Transfer" { row["t_warehouse"] = .string(Paper.other(line.warehouse)) }
            return row
        }
        row["rate"] = .decimal(line.rate)
        row["uom"] = .string(line.uom)
        row["warehouse"] = .string(line.warehouse)
        let links: [Voucher.Kind: [String]] = [
            .delivery: ["against_sales_order", "so_detail"],
            .invoice: ["sales_order", "so_detail", "delivery_note", "dn_detail"],
            .receipt: ["purchase_order", "purchase_order_item"],
            .bill: ["purchase_order", "po_detail", "purchase_receipt", "pr_detail"],
        ]
        guard let fields = links[kind] else { return row }
        for (index, place) in [line.order, line.source].enumerated() {
            guard let place, fields.count > index * 2 else { continue }
            row[fields[index * 2]] = .string(place.voucher.name)
            row[fields[index * 2 + 1]] = .string(place.line.row)
        }
        return row
    }

    private func charge(_ type: JSON, _ field: String, _ amount: Exact, _ voucher: Voucher) -> JSONObject {
        var row: JSONObject = ["charge_type": type, "account_head": .string(game.expenses), "description": "Charge"]
        row[field] = .decimal(amount)
        if voucher.kind == .bill { row["category"] = "Total" }
        return row
    }

    private func payment(_ voucher: Voucher) -> JSONObject {
        let isReceipt = voucher.paid?.kind == .invoice
        return [
            "payment_type": isReceipt ? "Receive" : "Pay", "party_type": isReceipt ? "Customer" : "Supplier",
            "party": isReceipt ? "Alfreds Futterkiste" : "Tokyo Traders",
            "posting_date": .string(voucher.day.description),
            "paid_amount": .decimal(voucher.total), "received_amount": .decimal(voucher.total), "reference_no": "1",
            "reference_date": .string(voucher.day.description),
            "references": [
                [
                    "reference_doctype": .string(voucher.paid?.kind.rawValue ?? ""),
                    "reference_name": .string(voucher.paid?.name ?? ""), "allocated_amount": .decimal(voucher.total),
                ]
            ],
        ]
    }

    private func journal(_ voucher: Voucher) -> JSONObject {
        let amount = JSON.decimal(voucher.total)
        var one: JSONObject = ["account": .string(game.bank), "debit_in_account_currency": amount]
        var other: JSONObject = ["account": .string(game.expenses)]
        other["credit_in_account_currency"] = isUneven ? .decimal(voucher.total + 1) : amount
        if let paid = voucher.paid {
            let isReceipt = paid.kind == .invoice
            other = [
                "account": .string(isReceipt ? game.receivable : game.payable),
                "party_type": isReceipt ? "Customer" : "Supplier",
                "party": isReceipt ? "Alfreds Futterkiste" : "Tokyo Traders",
                "reference_type": .string(paid.kind.rawValue), "reference_name": .string(paid.name),
            ]
            other[isReceipt ? "credit_in_account_currency" : "debit_in_account_currency"] = amount
            if !isReceipt { one = ["account": .string(game.bank), "credit_in_account_currency": amount] }
        }
        return ["posting_date": .string(voucher.day.description), "accounts": [.object(one), .object(other)]]
    }
}
