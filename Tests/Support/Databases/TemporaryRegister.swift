internal import Documents
internal import Foundation
public import Tenancy

/// A directory in which a test makes companies beside one another, on the engine that the test runs on. It goes with all of
/// them when nobody holds it any more.
public final class TemporaryRegister: Sendable {
    /// The directory.
    public let data: String
    /// The companies in it.
    public let register: TenantRegister
    /// Where the company of the directory itself is.
    public var address: TenantAddress { place.isOnServer ? .postgres(place.name) : .directory(data) }
    private let place: TemporaryPlace

    /// A directory without companies; those of one `kind` get the same tables.
    public init(kind: String) throws {
        place = try TemporaryPlace(kind: kind)
        data = place.isOnServer ? NSTemporaryDirectory() + "cauldron-\(UUID().uuidString)" : place.name
        register = TenantRegister(in: data, server: place.isOnServer ? place.name : nil)
    }

    /// Says that the company of the directory has all its tables.
    public func holds(_ tenant: Tenant) throws { try place.holds(tenant.database) }

    deinit {
        if place.isOnServer {
            // What a test left on the server goes with it at the latest when the server of the run does.
            for record in (try? register.records()) ?? [] { try? drop(record.name) }
            try? FileManager.default.removeItem(atPath: data)
        }
    }

    private func drop(_ name: String) throws {
        guard case .postgres(let url) = register.address(of: name),
            let schema = url.ranges(of: "search_path%3D").last.map({ url[$0.upperBound...] })
        else { return }
        try PostgresCluster.shared.get().administer("DROP SCHEMA IF EXISTS \(schema) CASCADE")
    }
}
