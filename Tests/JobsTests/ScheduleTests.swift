import Documents
import EventLog
import Lists
import Reports
import Storage
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@testable import Jobs

@Suite(.bothEngines) struct ScheduleTests {
    /// A company with one task of its own, which notes the days that it runs for.
    private static func shop(
        at moment: String, cron: String = "0 6 * * *", zone: String = "", fails: Switch = Switch(false)
    ) async throws -> Workshop {
        let shop = try await Workshop(at: moment) { registry in
            registry.register(
                ScheduledTask("bell", cron: cron) { session in
                    if fails.isOn { throw Problem(.refused, "Not today") }
                    try session.make("Piece", ["title": .string("\(session.today)")])
                })
        }
        try await shop.tenant.write(as: .administrator) { session in
            try Schedules.keep(Schedules.Record(), of: "bell", in: session)
            guard !zone.isEmpty else { return }
            let settings = try session.get("System Settings", "System Settings")
            try session.apply(["time_zone": .string(zone)], to: settings)
            try session.save(settings)
        }
        return shop
    }

    @Test func `what is due is done once, and what was missed is made up for once`() async throws {
        let shop = try await Self.shop(at: "2026-03-03 05:00:00")
        let runner = JobRunner(shop.tenant)
        // Whatever was due before it was there, is due now.
        #expect(try await runner.runDue() == Timestamp("2026-03-03 06:00:00"))
        #expect(try await shop.pieces() == ["2026-03-03"])
        try await runner.runDue()
        shop.clock.set("2026-03-03 06:00:00")
        try await runner.runDue()
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == ["2026-03-03", "2026-03-03"])
        shop.clock.set("2026-03-09 07:00:00")
        #expect(try await runner.runDue() == Timestamp("2026-03-10 06:00:00"))
        #expect(try await shop.pieces().dropFirst(2) == ["2026-03-09"])
        #expect(try await shop.states() == [])
        try await shop.expectSound()
        await shop.close()
    }

    @Test func `midnight and today are those of the company`() async throws {
        let shop = try await Self.shop(at: "2026-03-03 10:30:00", cron: "0 0 * * *", zone: "Pacific/Auckland")
        let runner = JobRunner(shop.tenant)
        try await runner.runDue()
        #expect(try await shop.pieces() == ["2026-03-03"])
        shop.clock.set("2026-03-03 11:00:00")
        #expect(try await runner.runDue() == Timestamp("2026-03-04 11:00:00"))
        #expect(try await shop.pieces() == ["2026-03-03", "2026-03-04"])
        await shop.close()
    }

    @Test func `a zone that is none is refused, and the series count by the company's years`() async throws {
        let shop = try await Workshop(at: "2026-12-31 20:00:00")
        func set(_ zone: String) async -> Problem? {
            await problem {
                try await shop.tenant.write(as: .administrator) { session in
                    let settings = try session.get("System Settings", "System Settings")
                    try session.apply(["time_zone": .string(zone)], to: settings)
                    try session.save(settings)
                }
            }
        }
        #expect(await set("Mars/Olympus")?.field == "time_zone")
        #expect(await set("Asia/Tokyo") == nil)
        let name = try await shop.tenant.write(as: .administrator) { session in
            try session.make("ToDo", ["description": "x", "date": nil]).creation?.description ?? ""
        }
        #expect(name.hasPrefix("2026-12-31 20:00"), "moments that are kept are in UTC")
        #expect(try await shop.tenant.read(as: .administrator) { $0.today.description } == "2027-01-01")
        await shop.close()
    }

    @Test func `a task that fails is tried again, kept in the end, and leaves the next day alone`() async throws {
        let fails = Switch(true)
        let shop = try await Self.shop(at: "2026-03-03 06:00:00", fails: fails)
        let runner = JobRunner(shop.tenant)
        for _ in 0..<8 {
            try await runner.runDue()
            shop.clock.move(seconds: 3_600)
        }
        #expect(try await shop.states() == ["failed"])
        #expect(try await shop.facts("error_message") == ["Not today"])
        #expect(try await shop.facts("job_name") == ["bell"])
        try await runner.runDue()
        #expect(try await shop.states() == ["failed"])
        fails.isOn = false
        shop.clock.set("2026-03-04 06:00:00")
        try await runner.runDue()
        #expect(try await shop.pieces() == ["2026-03-04"])
        #expect(try await shop.states() == ["failed"])
        // Who looks after it makes up for the day.
        try await shop.tenant.write(as: .administrator) { session in
            let name = try #require(session.list(ListQuery("Background Job", fields: ["name"])).rows[0][0].text)
            try session.call("cauldron.jobs.retry", ["name": .string(name)])
        }
        try await runner.runDue()
        #expect(try await shop.pieces().count == 2)
        await shop.close()
    }

    @Test func `who manages the system sees the schedules, changes when they come, and stops them`() async throws {
        let shop = try await Self.shop(at: "2026-03-03 05:00:00")
        func change(_ fields: JSONObject, as user: String = "Administrator") async -> Problem? {
            await problem {
                let actor = try #require(try await shop.tenant.actor(named: user))
                try await shop.tenant.write(as: actor) { session in
                    let type = try session.get("Scheduled Job Type", "bell")
                    try session.apply(fields, to: type)
                    try session.save(type)
                }
            }
        }
        @Sendable func shown(_ field: String) async throws -> String {
            try await shop.tenant.read(as: .administrator) { session in
                let document = try session.get("Scheduled Job Type", "bell")
                return document.text(field) + (document[field].timestamp?.description.prefix(16) ?? "")
            }
        }
        #expect(try await shown("cron_format") == "0 6 * * *")
        #expect(try await shown("next_execution") == "2026-03-03 06:00")
        #expect(await change(["cron_format": "30 7 * * *"], as: "ana@example.com")?.kind == .forbidden)
        let refused = await change(["cron_format": "sometimes"])
        #expect(refused?.kind == .badSchedule, "\(refused?.message ?? "")")
        #expect(await change(["cron_format": "0 0 30 2 *"])?.kind == .badSchedule)
        #expect(await change(["cron_format": "30 7 * * *"]) == nil)
        #expect(try await shown("next_execution") == "2026-03-03 07:30")
        // It comes at the next moment, and not for yesterday's.
        let runner = JobRunner(shop.tenant)
        try await runner.runDue()
        #expect(try await shop.pieces() == [])
        shop.clock.set("2026-03-03 07:30:00")
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shown("last_execution") == "2026-03-03 07:30")
        #expect(try await shown("last_status") == "finished")
        #expect(await change(["stopped": 1]) == nil)
        shop.clock.set("2026-03-05 05:00:00")
        try await runner.runDue()
        #expect(try await shop.pieces().count == 1)
        #expect(try await shown("next_execution") == "")
        // By hand it is done also while it is stopped.
        let ana = try #require(try await shop.tenant.actor(named: "ana@example.com"))
        let run: @Sendable (Session) throws -> Void = { try $0.call("cauldron.schedules.run", ["name": "bell"]) }
        #expect(await problem { try await shop.tenant.write(as: ana, run) }?.kind == .forbidden)
        try await shop.tenant.write(as: .administrator, run)
        try await runner.runDue()
        #expect(try await shop.pieces().count == 2)
        #expect(await change(["cron_format": "", "stopped": 0]) == nil)
        #expect(try await shown("cron_format") == "0 6 * * *")
        try await shop.expectSound()
        await shop.close()
    }

    @Test func `every task of the house comes at a time that cron knows, and does its work`() async throws {
        let shop = try await Workshop(at: "2026-03-03 08:00:00", withSchedules: true)
        let tasks = shop.tenant.registry.registered(ScheduledTask.self)
        #expect(tasks.count >= 6 && Set(tasks.map(\.name)).count == tasks.count)
        for task in tasks { #expect(Cron(task.cron) != nil, "\(task.name)") }
        try await JobRunner(shop.tenant).runDue()
        // What is left reaches the world, which nobody here does.
        #expect(try await Set(shop.facts("kind")) == ["files.collect"])
        let records = try await shop.tenant.read(as: .administrator) { try Schedules.records(in: $0) }
        #expect(Set(records.keys) == Set(tasks.map(\.name)) && records.values.allSatisfy { $0.state == "finished" })
        await shop.close()
    }

    // MARK: What has ended

    @Test func `what has ended is kept for a while, and what failed longer`() async throws {
        let shop = try await Workshop()
        try await shop.order("one", "")
        let runner = JobRunner(shop.tenant)
        try await runner.runDue()
        func purge() async throws {
            try await shop.tenant.write(as: .administrator) {
                try $0.call("cauldron.schedules.run", ["name": "jobs.purge"])
            }
            try await runner.runDue()
        }
        try await purge()
        #expect(try await shop.states() == ["finished", "failed"])
        shop.clock.move(seconds: 8 * 86_400)
        try await purge()
        #expect(try await shop.states() == ["failed"])
        shop.clock.move(seconds: 90 * 86_400)
        try await purge()
        #expect(try await shop.states() == [])
        try await shop.expectSound()
        await shop.close()
    }

    // MARK: Consumers

    @Test func `a consumer is shown every event once and in order, and again what it could not do`() async throws {
        let fails = Switch(false)
        let shop = try await Workshop { registry in
            registry.register(
                EventConsumer("echo", most: 2, wants: { $0.type == "cauldron.todo.created" }) { events, session in
                    for event in events {
                        let text = try JSON.parse(event.data)["name"]?.string ?? event.subject
                        try session.make("Piece", ["title": .string(text)])
                    }
                    if fails.isOn { throw Problem(.unavailable, "Not now") }
                })
        }
        let runner = JobRunner(shop.tenant)
        // What happened before it was there is not shown to it.
        try await runner.runDue()
        @Sendable func note(_ count: Int) async throws {
            try await shop.tenant.write(as: .administrator) { session in
                for number in 1...count { try session.make("ToDo", ["description": .string("\(number)")]) }
            }
        }
        try await note(5)
        try await runner.runDue()
        let seen = try await shop.pieces()
        #expect(seen.count == 5 && seen == seen.sorted())
        fails.isOn = true
        try await note(3)
        try await runner.runDue()
        #expect(try await shop.pieces().count == 5)
        fails.isOn = false
        let other = try await shop.openAgain { _ in }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for tenant in [shop.tenant, other, shop.tenant] { group.addTask { try await JobRunner(tenant).runDue() } }
            try await group.waitForAll()
        }
        #expect(try await shop.pieces().count == 8)
        #expect(try await Set(shop.pieces()).count == 8)
        await other.close()
        await shop.close()
    }
}
