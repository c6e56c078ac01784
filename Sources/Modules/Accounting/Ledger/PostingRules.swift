internal import Documents
internal import Values

/// What the ledger checks before it takes postings.
struct PostingRules {
    let company: Doc<Company>
    let session: Session

    /// Whether the actor may post where the books or accounts are frozen.
    var mayPostToFrozen: Bool {
        let role = company.roleAllowedForFrozenEntries
        return !role.isEmpty && session.actor.roles.contains(role)
    }

    /// Refuses a day that is frozen, in no fiscal year or in a closed one, and returns the name of the year; `year` is what
    /// was found for the day.
    func fiscalYear(_ year: FiscalYears.Year?, of day: Day) throws -> String {
        if let frozen = company.accountsFrozenTillDate, day <= frozen, !mayPostToFrozen {
            throw Problem(
                .frozenBooks, "The books of \(company.name) are frozen up to \(frozen)", field: "posting_date",
                fix: "Choose a later day.")
        }
        guard let year else { throw FiscalYears.none(of: day) }
        if year.isClosed {
            throw Problem(
                .closedPeriod, "The fiscal year \(year.name) is closed", field: "posting_date",
                fix: "Choose a day in an open fiscal year.")
        }
        return year.name
    }

    /// What the ledger needs to know of an account.
    struct AccountFacts {
        let type: String
        let isProfitAndLoss: Bool
        let currency: String
        /// The side its balance must be on; empty where it may be on either.
        let balanceMustBe: String
    }

    /// Refuses accounts that cannot be posted to; parties that are missing or of another kind; what is no movement of stock
    /// on accounts of stock.
    func accounts(of postings: [GLPosting]) throws -> [Name: AccountFacts] {
        let fields = [
            "company", "is_group", "disabled", "freeze_account", "account_type", "root_type", "account_currency",
            "balance_must_be",
        ]
        let found = try session.facts(of: "Account", Set(postings.lazy.map(\.account)), fields)
        var facts: [Name: AccountFacts] = [:]
        for posting in postings {
            guard facts[posting.account] == nil else { continue }
            guard !posting.account.isEmpty, let values = found[posting.account] else {
                throw Problem(
                    .invalidAccount,
                    posting.account.isEmpty ? "An account is missing" : "Account \(posting.account) does not exist",
                    fix: "Set the account in the document or the default account in the company.")
            }
            let refusal: String? =
                if values[0].text != company.name {
                    "belongs to \(values[0].description), not to \(company.name)"
                } else if values[1].int == 1 {
                    "is a group; only accounts below it can be posted to"
                } else if values[2].int == 1 {
                    "is disabled"
                } else {
                    nil
                }
            if let refusal { throw Problem(.invalidAccount, "Account \(posting.account) \(refusal)") }
            try refuseFrozen(posting.account, values[3])
            facts[posting.account] = AccountFacts(
                type: values[4].text ?? "", isProfitAndLoss: ["Income", "Expense"].contains(values[5].text ?? ""),
                currency: values[6].text ?? "", balanceMustBe: values[7].text ?? "")
        }
        let kinds = session.registry.registered(PartyKind.self)
        for posting in postings {
            let type = facts[posting.account]?.type ?? ""
            try checkParty(of: posting, on: type, kinds)
            if type == AccountType.stock, !posting.isOfStock, company.enablePerpetualInventory {
                throw Problem(
                    .stockAccount,
                    "Account \(posting.account) holds the value of stock, which only movements of stock change",
                    fix: "Choose another account, or move stock, such as by a Stock Entry.")
            }
        }
        return facts
    }

    /// A party stands on accounts of its kind and on no others, and nothing stands there without a party.
    private func checkParty(of posting: GLPosting, on type: String, _ kinds: [PartyKind]) throws {
        guard let party = posting.party, !party.name.isEmpty else {
            guard [AccountType.receivable, AccountType.payable].contains(type) else { return }
            throw Problem(
                .mandatory, "\(posting.account) is a \(type) account and needs a party", field: "party",
                fix: "Give party_type and party.")
        }
        guard let kind = kinds.first(where: { $0.doctype == party.type }) else {
            throw Problem(.invalidAccount, "\(party.type) is no kind of party", field: "party_type")
        }
        guard kind.accountType == type else {
            throw Problem(
                .invalidAccount,
                "\(party.type) \(party.name) stands on \(kind.accountType) accounts; \(posting.account) is none",
                field: "party", fix: "Choose an account of the type \(kind.accountType), or leave the party out.")
        }
    }

    private func refuseFrozen(_ account: String, _ freeze: Value) throws {
        guard freeze.text == "Yes", !mayPostToFrozen else { return }
        throw Problem(.frozenAccount, "Account \(account) is frozen")
    }

    /// Refuses to take back entries of frozen accounts, and returns the side the balance of each account must be on.
    func sides(of accounts: Set<Name>) throws -> [Name: String] {
        let found = try session.facts(of: "Account", accounts, ["freeze_account", "balance_must_be"])
        for (account, values) in found.sorted(by: { $0.key < $1.key }) { try refuseFrozen(account.text, values[0]) }
        return found.mapValues { $0[1].text ?? "" }
    }

    /// Refuses balances on the side they must not be on, once they have moved. One statement, and none where accounts may
    /// have either.
    func checkBalances(_ sides: [Name: String]) throws {
        let bound = sides.filter { !$0.value.isEmpty }.names.sorted()
        for (account, balance) in try AccountBalances.balances(of: bound, in: session) {
            guard let side = sides[account], side == "Debit" ? balance.isNegative : balance.isPositive else { continue }
            throw Problem(
                .wrongBalance,
                "The balance of \(account) must be \(side); it would be \(balance.magnitude) on the other side",
                fix: "Post less, or another account.")
        }
    }

    /// Gives income and expense the company's cost center where they have none, and checks those that they have.
    func costCenters(of postings: [GLPosting], _ facts: [Name: AccountFacts]) throws -> [GLPosting] {
        let postings = postings.map { posting in
            var posting = posting
            if posting.costCenter.isEmpty, facts[posting.account]?.isProfitAndLoss == true {
                posting.costCenter = company.costCenter
            }
            return posting
        }
        // The company's own was checked when it was set.
        let named = Set<Name>(postings.map(\.costCenter)).subtracting(["", Name(company.costCenter)])
        let found = try session.values(of: "Cost Center", named, ["company", "is_group", "disabled"])
        for posting in postings {
            if posting.costCenter.isEmpty, facts[posting.account]?.isProfitAndLoss == true {
                throw Problem(
                    .mandatory, "\(posting.account) needs a cost center", field: "cost_center",
                    fix: "Set the cost center of \(company.name).")
            }
            guard named.contains(posting.costCenter) else { continue }
            guard let values = found[posting.costCenter], values[0].text == company.name, values[1].int == 0,
                values[2].int == 0
            else {
                throw Problem(
                    .invalidCostCenter,
                    "Cost center \(posting.costCenter) does not exist, is a group, is disabled or belongs to another company",
                    field: "cost_center")
            }
        }
        return postings
    }
}
