internal import Documents
internal import Reports
internal import Synchronization
internal import Tenancy
internal import Values

/// What the gateways of a process share, because it says nothing of any company, or outlives its being open.
final class GatewayShare: Sendable {
    private let tries = Mutex<[Name: SignInTries]>([:])
    /// Beyond how many companies those are forgotten of which nobody has to wait.
    private static let mostTries = 1_000

    /// The tries of passwords and codes of a company: who has to wait does so too after it was closed and opened again.
    func tries(of company: Name, at now: Timestamp) -> SignInTries {
        tries.withLock { tries in
            if let known = tries[company] { return known }
            if tries.count >= Self.mostTries { tries = tries.filter { !$0.value.isForgotten(at: now) } }
            let new = SignInTries()
            tries[company] = new
            return new
        }
    }

    /// What addresses mean.
    let targets = ReadTargets()
    private let description = Mutex<(modules: [String], bytes: [UInt8])?>(nil)

    /// The description of the API as a tenant's modules declare it.
    func description(of tenant: Tenant) -> [UInt8] {
        let modules = tenant.modules.map(\.name)
        return description.withLock { kept in
            if let kept, kept.modules == modules { return kept.bytes }
            let made = GatewayOpenAPI.document(registry: .of(tenant.modules), reports: tenant.reports).encoded
            kept = (modules, made)
            return made
        }
    }
}
