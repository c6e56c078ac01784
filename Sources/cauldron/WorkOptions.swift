import ArgumentParser
import Automations
import Documents
import Identity
import Logging
import ObjectStorage
import Tenancy
import WebClient

/// What the work in the background may reach.
struct WorkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "An address, or a range, that webhooks may send to though it is not public; may be given several times.",
            valueName: "10.0.0.0/8"))
    var allowTarget: [String] = []

    func validate() throws {
        for target in allowTarget where AddressRange(target) == nil {
            throw ValidationError("--allow-target \(target) is neither an address nor a range such as 10.0.0.0/8.")
        }
    }

    /// What reaches the world for any company, by the kinds of its jobs.
    var effects: [String: JobRunner.Effect] {
        let delivery = WebhookDelivery.effect(by: WebClient(allowing: allowTarget.compactMap { AddressRange($0) }))
        return [delivery.kind: delivery.run]
    }

    /// Does the jobs of a company until it is cancelled.
    func begin(_ tenant: Tenant, _ objects: any ObjectStore, in folder: String) -> Task<Void, Never> {
        let logger = Logger(label: "cauldron.jobs")
        let collection = FileCollection.effect(objects) { TenantBackup.keepsOlder(in: folder) }
        var all = effects
        all[collection.kind] = collection.run
        let runner = JobRunner(tenant, effects: all) { work, problem in
            logger.error("a job failed", metadata: ["work": "\(work)", "problem": "\(problem)"])
        }
        return Task { await runner.run() }
    }

    /// The store of a company's files.
    ///
    /// - Throws: ``Problem/Kind/unavailable``.
    static func openFiles(_ path: String) throws -> FolderStore {
        do {
            return try FolderStore(path)
        } catch {
            throw TenantFile.trouble(of: path + "/owner")
        }
    }
}
