import Documents
import Foundation
import Jobs
import Storage
import TestSupport
import Testing
import Values

/// Jobs that are done by processes of their own.
///
/// Set `CAULDRON_LONG=1` for 100,000 of them; `make test` has fewer.
@Suite struct WorkerTests {
    private static let isLong = ProcessInfo.processInfo.environment["CAULDRON_LONG"] != nil
    private static let count = isLong ? 100_000 : 1_500

    private static func worker(_ company: Company) async throws -> Running {
        let worker = try Running(Binary.path, ["worker", "--data", company.directory])
        try await wait(60) { worker.output.contains("doing the jobs") || worker.status != nil }
        return worker
    }

    private static func ask(_ count: Int, from first: Int = 0, in company: Company) async throws {
        try await company.write { session in
            for chunk in Array(first..<first + count).chunks(of: 10_000) {
                try session.enqueue(
                    chunk.map { number in
                        let content: JSON = [
                            "commands": [
                                [
                                    "action": "insert", "target": "ToDo",
                                    "content": ["description": .string("job \(number)")],
                                ]
                            ]
                        ]
                        return JobRequest("command", content)
                    })
            }
        }
    }

    private static func left(_ company: Company) async throws -> Int64 {
        try await company.read { transaction in
            try transaction.first(
                "SELECT count(*) FROM _job WHERE kind = 'command' AND state IN ('queued', 'started')", [], [.integer])?[
                    0
                ]
                .int ?? -1
        }
    }

    @Test(.timeLimit(.minutes(isLong ? 60 : 10)))
    func `jobs are done once each, however often those who do them are killed`() async throws {
        let company = try await Company()
        try await Self.ask(Self.count, in: company)
        var random = Dice(seed: 11)
        var workers = [try await Self.worker(company), try await Self.worker(company)]
        var kills = 0
        var last = Int64(Self.count)
        while last > 0 {
            // Not after a time: a slow machine does less in it.
            let goal = last - Int64(random.roll(20...220))
            for _ in 0..<400 where last > max(goal, 0) {
                last = try await Self.left(company)
                // The workers are other processes: how far they are is looked at now and then.
                try await Task.sleep(for: .milliseconds(5))
            }
            guard last > 0, kills < (Self.isLong ? 500 : 8) else {
                // What the killed had is taken over when their leases have run out.
                // That takes a minute, and nothing tells of it.
                try await Task.sleep(for: .milliseconds(200))
                last = try await Self.left(company)
                continue
            }
            let victim = random.roll(0...1)
            workers[victim].signal(SIGKILL)
            _ = try await workers[victim].finish(within: 30)
            workers[victim] = try await Self.worker(company)
            kills += 1
        }
        for worker in workers {
            worker.signal(SIGTERM)
            let ran = try await worker.finish(within: 60)
            #expect(ran.status == 0 && ran.output.contains("stopped"), "\(ran.errors)")
        }
        let (made, different, states) = try await company.read { transaction in
            let row = try transaction.first(
                "SELECT count(*), count(DISTINCT description) FROM todo WHERE description LIKE 'job %'", [],
                [.integer, .integer])
            let states = try transaction.query(
                "SELECT DISTINCT state FROM _job WHERE kind = 'command'", [], [.text]
            ).map { $0[0].text }
            return (row?[0].int, row?[1].int, states)
        }
        #expect(made == Int64(Self.count) && different == made && states == ["finished"])
        #expect(kills > 3)
        let doctor = try await company.run("doctor", "--json", seconds: 600)
        #expect(doctor.status == 0, "\(doctor.output)")
    }

    @Test
    func
        `a server does jobs itself unless it is told not to, and whoever needs the directory alone waits for the worker`()
        async throws
    {
        let company = try await Company()
        let backup = company.path("before.cauldron")
        #expect(try await company.run("backup", backup).status == 0)
        try await Self.ask(3, in: company)
        let idle = try await Served(company.directory, options: ["--no-jobs"])
        let keys = try await company.run("user", "keys", "Administrator", "--json").json
        let asked = try await idle.curl(
            keys, "/api/method/cauldron.jobs.enqueue", "-H", "Content-Type: application/json", "-d",
            #"{"commands": [{"action": "insert", "target": "ToDo", "content": {"description": "by HTTP"}}]}"#)
        #expect(asked.status == 200, "\(asked.body)")
        #expect(try await Self.left(company) == 4)
        let worker = try await Self.worker(company)
        #expect(try await eventually { try await Self.left(company) == 0 })
        let listed = try await idle.curl(
            keys, "/api/resource/Background%20Job?fields=%5B%22status%22%5D&filters=%7B%22kind%22%3A%22command%22%7D")
        #expect(listed.body.components(separatedBy: "finished").count == 5, "\(listed.body)")
        try await idle.stop()
        let refused = try await company.run("restore", backup, "--force")
        #expect(refused.status == 3 && refused.errors.contains("worker"), "\(refused.errors)")
        worker.signal(SIGTERM)
        #expect(try await worker.finish(within: 60).status == 0)
        #expect(try await company.run("restore", backup, "--force").status == 0)

        let busy = try await Served(company.directory)
        try await Self.ask(3, in: company)
        #expect(try await eventually { try await Self.left(company) == 0 })
        try await busy.stop()
        let none = try await Binary.run(["worker", "--data", company.path("nothing")])
        #expect(none.status == 3 && none.errors.contains("no company"))
    }
}
