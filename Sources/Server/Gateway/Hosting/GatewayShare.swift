internal import Documents
internal import Reports
internal import Synchronization
internal import Tenancy
internal import Values

/// What the gateways of a process share, because it says nothing of any company.
final class GatewayShare: Sendable {
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
