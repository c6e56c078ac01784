internal import Collaboration
internal import Documents
public import ObjectStorage
internal import Storage
internal import Values

extension Tenant {
    /// Makes sure that a store is the one that holds the company's files, and notes that it is when none does yet: two
    /// servers with a store each would each lack what is uploaded at the other.
    ///
    /// With `anew` the store becomes the company's, whatever held its files before.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when another store holds them, or the store lacks files that documents name.
    public func claim(_ store: any ObjectStore, at place: String, anew: Bool = false) async throws {
        let identity = try await store.identity()
        let (known, used) = try await read(as: .administrator) { session in
            (try CompanyFacts.store(in: session.transaction), try session.usedFileHashes())
        }
        if known == identity { return }
        if known != nil, !anew { throw Self.elsewhere(place) }
        if !anew {
            var missing = 0
            for hash in used where try await store.size(of: hash) == nil { missing += 1 }
            guard missing == 0 else {
                throw Problem(
                    .unavailable, "\(missing) of the \(used.count) files of this company are not in \(place)",
                    fix: "Give the --data that holds them. Are they lost, --adopt-files goes on without them.")
            }
        }
        try await write(as: .administrator) { session in
            // Another server may have been faster.
            let now = try CompanyFacts.store(in: session.transaction)
            guard now == known || now == identity else { throw Self.elsewhere(place) }
            try CompanyFacts.setStore(identity, in: session.transaction)
        }
    }

    private static func elsewhere(_ place: String) -> Problem {
        Problem(
            .unavailable, "The files of this company are kept in another folder than \(place)",
            fix: """
                Give the --data that holds them, or mount that folder as \(place), so that all servers of the company share \
                it. Is it gone for good, --adopt-files takes this one.
                """)
    }
}
