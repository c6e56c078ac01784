import Documents
import Foundation
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

/// What somebody may send, at its edges, through everything that is registered: each request has an answer, none says that
/// the server failed, and the server lives.
///
/// All goes to a served company of its own, so that a trap ends that server and not the tests, and is told with what made it.
@Suite(.serialized) struct FuzzTests {
    @Test(.timeLimit(.minutes(20)), arguments: TestEngine.allCases)
    func `extremes in every argument, filter, field, header and address find no failure and a living server`(
        engine: TestEngine
    ) async throws {
        let place = try await FuzzPlace(engine)
        let world = try await place.world()
        var probes = world.reportProbes() + world.listProbes() + world.methodProbes()
        probes += try world.headerProbes() + world.pageProbes() + world.documentProbes()
        // What was kept is read again, by everything.
        probes += world.readingProbes()
        let found = await place.send(probes)
        for one in found.prefix(20) { Issue.record("\(one)") }
        #expect(found.isEmpty, "\(found.count) of \(probes.count)")
        #expect(place.server.runs, "\(place.server.errors.suffix(2_000))")
        let connection = place.connection()
        for raw in RawProbe.all {
            let status = connection.send(raw.bytes)?.status
            #expect(status.map(raw.statuses.contains) ?? false, "\(raw.about): \(status.map(String.init) ?? "closed")")
        }
        #expect(place.server.runs)
        #expect(try connection.ask(Array("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".utf8)).status == 200)
        try await place.server.stop()
        let doctor = try await Binary.run(["doctor", "--json"] + place.arguments)
        #expect(doctor.status == 0, "\(doctor.output.prefix(4_000))")
    }

    @Test func `the names of headers are found in the sources`() throws {
        let names = Set(try FuzzWorld.headerNames())
        #expect(
            names.isSuperset(of: [
                "Range", "If-None-Match", "Authorization", "Content-Type", "Origin", "X-Forwarded-For",
            ]))
    }
}

/// A served company to send probes to.
final class FuzzPlace: Sendable {
    let server: Served
    /// Where the company is, for commands.
    let arguments: [String]
    private let company: Company
    private let key: String
    private let port: UInt16

    init(_ engine: TestEngine) async throws {
        company = try await Company()
        try await Self.fill(company)
        if engine == .postgres {
            let schema = try PostgresCluster.shared.get().newSchema()
            _ = try await TenantMove(
                from: .directory(company.directory), to: .postgres(schema), data: company.path("data")
            ).run(modules: Company.modules)
            arguments = ["--data", company.path("data"), "--database", schema]
            server = try await Served(company.path("data"), database: schema)
        } else {
            arguments = ["--data", company.directory]
            server = try await Served(company.directory)
        }
        let keys = try await Binary.run(["user", "keys", "Administrator", "--json"] + arguments).json
        key = "\(keys["api_key"]?.string ?? ""):\(keys["api_secret"]?.string ?? "")"
        port = try #require(server.url.split(separator: ":").last.flatMap { UInt16($0) })
    }

    func connection() -> KeptConnection { KeptConnection(port: port) }

    /// What is registered, with a document of each DocType that has one and a public file.
    func world() async throws -> FuzzWorld {
        let connection = connection()
        func ask(_ probe: Probe) throws -> JSON {
            let answer = try connection.ask(probe.bytes)
            guard answer.status == 200 else { throw KeptConnection.Broken(reason: "\(probe.about): \(answer.text)") }
            return try JSON.parse(answer.body)
        }
        let file = try ask(
            Probe(
                "a file", "POST", "/api/method/frappe.client.attach_file", type: Probe.json,
                body:
                    #"{"filename": "public.txt", "filedata": "Some text", "doctype": "Customer", "docname": "Alfreds"}"#,
                key: key))
        var documents: [String: JSONObject] = [:]
        for type in Registry.of(Company.modules).doctypes where type.kind == .document {
            // Not every DocType is listed.
            let list = try? ask(Probe("a list", "GET", FuzzWorld.path(type) + "?limit=1", key: key))
            guard let name = list?["data"]?.array?.first?["name"]?.string else { continue }
            documents[type.name] = try ask(Probe("a document", "GET", FuzzWorld.path(type, name), key: key))["data"]?
                .object
        }
        #expect(documents.count > 20, "\(documents.keys.sorted())")
        return FuzzWorld(key: key, file: file["message"]?["file_url"]?.string ?? "", documents: documents)
    }

    /// Sends probes over several connections, and gives what was wrong.
    func send(_ probes: [Probe]) async -> [String] {
        await withCheckedContinuation { continuation in
            Thread { [self] in
                let found = Mutex<[String]>([])
                let next = Atomic<Int>(0)
                DispatchQueue.concurrentPerform(iterations: 4) { _ in
                    let connection = connection()
                    while true {
                        let place = next.add(1, ordering: .relaxed).oldValue
                        guard place < probes.count, server.runs else { return }
                        guard let trouble = trouble(probes[place], connection) else { continue }
                        found.withLock { $0.append(trouble) }
                    }
                }
                continuation.resume(returning: found.withLock { $0 })
            }.start()
        }
    }

    /// What is wrong with the answer to a probe; nil when nothing is.
    private func trouble(_ probe: Probe, _ connection: KeptConnection) -> String? {
        do {
            // What may be half a request need not be answered.
            let answer =
                try probe.isAlone ? connection.send(probe.bytes) : connection.ask(probe.bytes, isHead: probe.isHead)
            guard let answer, answer.status >= 500 else { return nil }
            return "\(answer.status) for \(probe.about)\n\(answer.text.prefix(400))"
        } catch {
            return "\(error) for \(probe.about)"
        }
    }

    /// Adds a document of every kind of trade to the company.
    private static func fill(_ company: Company) async throws {
        try await company.write { session in
            func insert(_ doctype: String, _ documents: JSONObject...) throws {
                for document in documents { try session.insert(session.document(doctype, from: document)) }
            }
            let day = JSON.string(session.today.description)
            let items: JSON = [["item_code": "Chai", "qty": 2, "rate": 18, "warehouse": "Stores - A"]]
            try insert("Supplier", ["supplier_name": "Exotic"])
            try insert("Quotation", ["party_name": "Alfreds", "company": "Acme", "docstatus": 1, "items": items])
            try insert(
                "Sales Order",
                ["customer": "Alfreds", "company": "Acme", "docstatus": 1, "delivery_date": day, "items": items])
            try insert("Delivery Note", ["customer": "Alfreds", "company": "Acme", "docstatus": 1, "items": items])
            try insert(
                "Purchase Order",
                ["supplier": "Exotic", "company": "Acme", "docstatus": 1, "schedule_date": day, "items": items])
            try insert("Purchase Receipt", ["supplier": "Exotic", "company": "Acme", "docstatus": 1, "items": items])
            try insert("Purchase Invoice", ["supplier": "Exotic", "company": "Acme", "docstatus": 1, "items": items])
            try insert(
                "Payment Entry",
                [
                    "payment_type": "Receive", "party_type": "Customer", "party": "Alfreds", "paid_to": "Cash - A",
                    "company": "Acme", "paid_amount": 25, "received_amount": 25, "docstatus": 1,
                ])
            try insert(
                "Document Naming Rule",
                ["document_type": "Customer", "prefix": "CUST-", "prefix_digits": 5, "disabled": 1])
            try insert("ToDo", ["description": "Call back", "allocated_to": "Administrator"])
        }
    }
}
