internal import Documents
internal import Foundation
internal import Storage
internal import Values

/// A company that is being restored: built beside its place and put there by one renaming, or one commit of a server, so that the work
/// leaves the whole company or nothing, wherever it stops.
///
/// The database is built in `.restoring` in the directory, with what else comes beside it, and the files in `.restoring` in its folder of files, which may be on
/// another disk. `plan` says that all is built and checked, and where it goes. Once the database is in place the files follow;
/// who next takes the directory ends what a stop left.
struct Restoring {
    static let folderName = ".restoring"

    let directory: String
    /// Where the database is built; whatever else is put here gets its place beside the database.
    var folder: String { "\(directory)/\(Self.folderName)" }
    private var plan: String { folder + "/plan" }
    /// Where the database is built.
    var database: String { Tenant.databasePath(in: folder) }
    /// Where the files are gathered.
    var files: String { "\(TenantFiles.folder(in: directory))/\(Self.folderName)" }

    init(in directory: String) { self.directory = directory }

    /// Makes the folders.
    func begin() throws {
        try PrivateFolder.make(folder)
        try PrivateFolder.make(files)
    }

    /// Copies a backup without its seal, once it is what was sealed.
    func take(_ path: String) throws {
        let size = try BackupSeal.check(path)
        do {
            try FileManager.default.copyItem(atPath: path, toPath: database)
        } catch {
            throw Problem(
                .unavailable, "\(path) cannot be copied into \(directory): \(error.localizedDescription)",
                fix: "Check the owner of both and the space on the disk.")
        }
        guard try BackupSeal.check(database) == size, unsafe chmod(database, 0o600) == 0,
            unsafe truncate(database, off_t(size)) == 0
        else {
            throw Problem(.unavailable, "\(path) is another after it was copied", fix: "Check the disk.")
        }
    }

    /// Notes that all is built and checked, and that it goes to an address; `aside` is the name that a database which is
    /// there gets, and `stamp` the end of the names of other things that make room. Makes the folders that the files will need.
    func write(plan address: TenantAddress, aside: String?, stamp: String) throws {
        for folder in try hexFolders() { try PrivateFolder.make("\(TenantFiles.folder(in: directory))/\(folder)") }
        try TenantBackup.settle(database)
        let text = "\(Self.key(of: address))\n\(aside ?? "")\n\(stamp)\n"
        guard
            FileManager.default.createFile(
                atPath: plan + ".partial", contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw Problem(.unavailable, "The file \(plan) cannot be written", fix: "Check the space on the disk.") }
        try TenantBackup.settle(plan + ".partial")
        try TenantBackup.move(plan + ".partial", to: plan)
    }

    /// Gives the database its place in the directory, and the one that is there the name of the plan.
    func placeDatabase(aside: String?) throws {
        let target = Tenant.databasePath(in: directory)
        if let aside {
            for suffix in TenantBackup.sidecars.reversed() where try TenantBackup.exists(target + suffix) {
                try TenantBackup.move(target + suffix, to: aside + suffix)
            }
        }
        // What an earlier database left behind must not be taken for this one's.
        for suffix in TenantBackup.sidecars where try !suffix.isEmpty && TenantBackup.exists(target + suffix) {
            do {
                try FileManager.default.removeItem(atPath: target + suffix)
            } catch {
                throw Problem(
                    .unavailable, "\(target + suffix) is left of an earlier database and cannot be removed",
                    fix: "Check the owner of the directory.")
            }
        }
        try TenantBackup.move(database, to: target)
    }

    /// Gives the files their places, and removes what was needed to build all this.
    func finish() throws {
        let target = TenantFiles.folder(in: directory)
        for folder in try hexFolders() {
            try PrivateFolder.make("\(target)/\(folder)")
            for name in try names(in: "\(files)/\(folder)") {
                guard unsafe rename("\(files)/\(folder)/\(name)", "\(target)/\(folder)/\(name)") == 0 else {
                    throw Problem(
                        .unavailable, "The company is restored, but the file \(folder)\(name) cannot be put in place",
                        fix: "Check the directory \(target); the next start of a server goes on with it.")
                }
            }
            try TenantBackup.settle("\(target)/\(folder)")
        }
        let owner = target + "/owner"
        if try TenantBackup.exists(files + "/owner"), try !TenantBackup.exists(owner) {
            try TenantBackup.move(files + "/owner", to: owner)
        }
        for name in try names(in: folder) where !name.hasPrefix("tenant.db") && !name.hasPrefix("plan") {
            let place = "\(directory)/\(name)"
            if try TenantBackup.exists(place) {
                try TenantBackup.move(place, to: "\(place).before-\(planned?.stamp ?? "restore")")
            }
            try TenantBackup.move("\(folder)/\(name)", to: place)
        }
        clear()
    }

    /// Leaves the directory as it was before.
    private func undo() throws {
        let target = Tenant.databasePath(in: directory)
        if let aside = try planned?.aside, try !TenantBackup.exists(target) || TenantBackup.exists(database) {
            for suffix in TenantBackup.sidecars
            where try TenantBackup.exists(aside + suffix) && !TenantBackup.exists(target + suffix) {
                try TenantBackup.move(aside + suffix, to: target + suffix)
            }
        }
        let folders = try hexFolders()
        clear()
        // Only those that hold nothing go.
        for folder in folders { _ = unsafe rmdir("\(TenantFiles.folder(in: directory))/\(folder)") }
        _ = unsafe rmdir(TenantFiles.folder(in: directory))
    }

    private func clear() {
        // The plan goes last: without it there is nothing to go on with, and all else is left for the next to remove.
        for path in [files, database, folder] { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Ends a restore that has stopped: where its database is in place its files follow, else nothing of it is left. To be
    /// called by who holds the directory for himself.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when that cannot be found out, or done.
    func settle(_ address: TenantAddress) async throws {
        guard try TenantBackup.exists(folder) || TenantBackup.exists(files) else { return }
        guard let planned = try planned else { return try undo() }
        guard planned.address == Self.key(of: address) else {
            throw Problem(
                .unavailable, "A restore into \(directory) was stopped, of a company at another address",
                fix: "Start a server with that --database once, or remove \(folder) if that company is gone.")
        }
        if try await isInPlace(address) { try finish() } else { try undo() }
    }

    private func isInPlace(_ address: TenantAddress) async throws -> Bool {
        guard case .postgres = address else {
            return try !TenantBackup.exists(database) && TenantBackup.exists(Tenant.databasePath(in: directory))
        }
        guard try await address.holdsCompany() else { return false }
        // The schema was empty before; what is there now is this company, unless somebody made another meanwhile.
        let server = try await address.openDatabase(limits: TenantFile.patient)
        let there = await Result { try await server.read { try CompanySecret.digest("files", in: $0) } }
        await server.close()
        let digest = try there.get()
        return try await BackupFiles.with(database) { try CompanySecret.digest("files", in: $0) } == digest
    }

    /// The plan of the restore; nil where none was written, or not to its end.
    private var planned: (address: String, aside: String?, stamp: String)? {
        get throws {
            guard try TenantBackup.exists(plan) else { return nil }
            let text: String
            do {
                text = try String(contentsOfFile: plan, encoding: .utf8)
            } catch {
                throw Problem(
                    .unavailable, "The plan of the restore in \(plan) cannot be read", fix: "Check its owner.")
            }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            guard lines.count >= 3 else { return nil }
            return (lines[0], lines[1].isEmpty ? nil : lines[1], lines[2])
        }
    }

    /// How a plan names an address: a directory is the one that the plan lies in.
    private static func key(of address: TenantAddress) -> String {
        if case .postgres = address { address.shown } else { "directory" }
    }

    private func hexFolders() throws -> [String] { try names(in: files).filter { $0.utf8.count == 2 } }

    private func names(in folder: String) throws -> [String] {
        guard try TenantBackup.exists(folder) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw Problem(.unavailable, "The directory \(folder) cannot be read", fix: "Check its owner.")
        }
    }
}

extension TenantBackup {
    /// Ends a restore into a directory that was stopped on its way; to be called by who holds the directory for himself,
    /// before anything is done there.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when it cannot be ended.
    public static func settleRestore(in directory: String, _ address: TenantAddress) async throws {
        try await Restoring(in: directory).settle(address)
    }

    /// Whether a restore into a directory was begun and not ended: it is for one alone then, and for no worker.
    public static func isRestoring(in directory: String) throws -> Bool { try exists(Restoring(in: directory).folder) }
}
