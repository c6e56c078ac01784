public import Documents
internal import Values

extension Trade {
    /// Sets `status` from the docstatus, percentages, outstanding amount and due date, for every trade DocType by name,
    /// in the words of ERPNext. What people set themselves — Closed, On Hold, Lost — stays.
    public static func setStatus(_ document: Document, in session: Session) {
        guard document.has("status") else { return }
        switch document.docstatus {
        case .draft: document.set("status", "Draft")
        case .cancelled: document.set("status", "Cancelled")
        case .submitted:
            let status = submittedStatus(document, on: session.today)
            document.set("status", status)
        }
    }

    private static func submittedStatus(_ document: Document, on today: Day) -> String {
        let current = document.text("status")
        func isDone(_ percent: String) -> Bool { document.exact(percent) >= .hundred }
        func started(_ percent: String) -> Bool { document.exact(percent).isPositive }
        switch document.doctype.name {
        case "Quotation":
            if ["Lost", "Closed"].contains(current) { return current }
            if isDone("per_ordered") { return "Ordered" }
            if started("per_ordered") { return "Partially Ordered" }
            if let end = document.day("valid_till"), end < today { return "Expired" }
            return current == "Replied" ? current : "Open"
        case "Sales Order":
            if ["Closed", "On Hold"].contains(current) { return current }
            return switch (isDone("per_delivered"), isDone("per_billed")) {
            case (true, true): "Completed"
            case (true, false): "To Bill"
            case (false, true): "To Deliver"
            case (false, false): "To Deliver and Bill"
            }
        case "Purchase Order":
            if ["Closed", "On Hold"].contains(current) { return current }
            return switch (isDone("per_received"), isDone("per_billed")) {
            case (true, true): "Completed"
            case (true, false): "To Bill"
            case (false, true): "To Receive"
            case (false, false): "To Receive and Bill"
            }
        case "Delivery Note":
            if current == "Closed" { return current }
            return isDone("per_billed") ? "Completed" : "To Bill"
        case "Purchase Receipt":
            if current == "Closed" { return current }
            return isDone("per_billed") ? "Completed" : (started("per_billed") ? "Partly Billed" : "To Bill")
        case "Sales Invoice", "Purchase Invoice":
            let outstanding = document.exact("outstanding_amount")
            if !outstanding.isPositive { return "Paid" }
            if let due = document.day("due_date"), due < today { return "Overdue" }
            return outstanding < baseAmountDue(document) ? "Partly Paid" : "Unpaid"
        default: return "Submitted"
        }
    }
}
