internal import Storage
internal import Synchronization

/// What is done to a server rather than in a tenant's transaction.
package enum PostgresAdministration {
    /// How often this process has waited for a server.
    package static var roundTrips: Int { Link.roundTrips.load(ordering: .relaxed) }

    /// Runs statements on a connection of their own and outside of any transaction, and gives the rows of the last as text.
    ///
    /// - Throws: ``StorageError``.
    @discardableResult
    package static func run(_ sql: String, at address: String) throws -> [[String?]] {
        try Link(address: address, application: "cauldron administration").runFirst(sql)
    }
}
