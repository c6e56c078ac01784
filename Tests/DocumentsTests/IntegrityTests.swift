import Audit
import Documents
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct IntegrityTests {
    @Test func `a document that a dynamic link names is neither deleted nor cancelled`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        try await workshop.write { session in
            try session.make("Job", ["subject": "a", "about_type": "Part", "about": "bolt"])
            try session.submitted("Job", ["subject": "b"])
            try session.submitted("Job", ["subject": "c", "about_type": "Job", "about": "JOB-1996-00002"])
        }
        let found = await problem { try await workshop.write { try $0.delete("Part", "bolt") } }
        #expect(found?.kind == .linked)
        try await workshop.write { try $0.delete("Part", "nut") }
        let cancelled = await problem { try await workshop.write { try $0.cancel("Job", "JOB-1996-00002") } }
        #expect(cancelled?.kind == .linked)
        try await workshop.write { session in
            try session.cancel("Job", "JOB-1996-00003")
            try session.cancel("Job", "JOB-1996-00002")
        }
    }

    @Test func `a dynamic link is checked when only its DocType changes`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        try await workshop.write { _ = try $0.make("Job", ["subject": "a", "about_type": "Part", "about": "bolt"]) }
        let found = await problem {
            try await workshop.write { session in
                let job = try session.get("Job", "JOB-1996-00001")
                try session.apply(["about_type": "Shelf"], to: job)
                try session.save(job)
            }
        }
        #expect(found?.kind == .brokenLink && found?.field == "about")
    }

    @Test func `a document cancelled in the same transaction is not linked to`() async throws {
        let workshop = try await Workshop()
        let found = await problem {
            try await workshop.write { session in
                let first = try session.submitted("Job", ["subject": "a"])
                try session.make("Job", ["subject": "b", "cause": .string(first.name)])
                try session.cancel(first)
                try session.make("Job", ["subject": "c", "cause": .string(first.name)])
            }
        }
        #expect(found?.kind == .cancelledLink)
    }

    @Test func `a draft whose link was cancelled meanwhile is not submitted`() async throws {
        let workshop = try await Workshop()
        try await workshop.write { session in
            let first = try session.submitted("Job", ["subject": "a"])
            try session.make("Job", ["subject": "b", "cause": .string(first.name)])
            try session.cancel(first)
        }
        let found = await problem {
            try await workshop.write { try $0.submit($0.get("Job", "JOB-1996-00002")) }
        }
        #expect(found?.kind == .cancelledLink && found?.field == "cause")
    }

    @Test func `a name that only looks like that of a document is no link`() async throws {
        let workshop = try await Workshop()
        let (composed, decomposed) = ("caf\u{E9}", "caf\u{E9}\u{200B}")
        try await workshop.stock([composed: "1"])
        let found = await problem {
            try await workshop.write { session in
                try session.make(
                    "Job", ["subject": "a", "parts": [["part": .string(composed)], ["part": .string(decomposed)]]])
            }
        }
        #expect(found?.kind == .brokenLink && found?.row == 2)
    }

    @Test func `the audit log has the text that is kept, where two look the same`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        let (logged, held, title) = try await workshop.write { session -> ([UInt8], [UInt8], String) in
            let job = try session.make("Job", ["subject": "a"]).name
            for text in ["caf\u{E9}", "cafe\u{301}"] {
                let document = try session.get("Job", job)
                try session.apply(["remark": .string(text)], to: document)
                try session.save(document)
            }
            try session.finish()
            let row = try session.transaction.first(
                "SELECT digest FROM _audit WHERE name = ? ORDER BY number DESC LIMIT 1", [.text(job)], [.bytes])
            let document = try session.get("Job", job)
            return (try #require(row?[0].bytes), document.digest, document.text("remark"))
        }
        #expect(logged == held)
        #expect(title.utf8.elementsEqual("cafe\u{301}".utf8))
    }

    @Test func `a number is fetched into a field of other decimals`() async throws {
        let company = try await TemporaryCompany.letters()
        let weight = try await company.write { session -> Exact in
            try session.make("Stamp", ["__newname": "penny", "price": "0.25"])
            let letter = try session.make("Letter", ["subject": "a", "stamp": "penny"])
            return try session.get("Letter", letter.name).exact("weight")
        }
        #expect(weight == Exact("0.25"))
    }

    @Test func `a digest does not follow the order of the form`() async throws {
        let company = try await TemporaryCompany(actor: .administrator, noon: Workshop.noon) {
            $0.add(LetterLine.self, CardBefore.self)
        }
        var moved = Registry.core()
        moved.add(LetterLine.self, CardAfter.self)
        let registry = moved
        let (before, after) = try await company.write { session in
            try session.make(
                "Card",
                ["__newname": "c", "first": "1", "second": "2", "ones": [["text": "x"]], "twos": [["text": "y"]]])
            let later = Session(
                actor: session.actor, now: session.now, registry: registry, transaction: session.transaction,
                identifiers: session.newIdentifier)
            return (try session.get("Card", "c").digest, try later.get("Card", "c").digest)
        }
        #expect(before == after)
    }
}

/// A card, and the same with its form put in another order.
private struct CardBefore: DocTypeSchema {
    static let doctype = DocTypeInfo("Card", module: "Post", naming: .prompt)
    let first = Data()
    let second = Data()
    let ones = Table(LetterLine.self)
    let twos = Table(LetterLine.self)
    init() {}
}

private struct CardAfter: DocTypeSchema {
    static let doctype = DocTypeInfo("Card", module: "Post", naming: .prompt)
    let twos = Table(LetterLine.self)
    let ones = Table(LetterLine.self)
    let second = Data()
    let first = Data()
    init() {}
}
