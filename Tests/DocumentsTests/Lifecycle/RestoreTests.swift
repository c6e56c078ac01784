import Collaboration
import Storage
import TestSupport
import Testing
import Values

@testable import Documents

/// A document with a picture.
private struct Poster: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Poster", module: "Life", naming: .prompt, permissions: [.manage("Manager")])
    let picture = Data(.kind(.attachImage))
    init() {}
}

@Suite(.bothEngines) struct RestoreTests {
    private static func upload(_ name: String, _ letter: Character, _ reference: (String, String)?) -> Upload {
        var upload = Upload(fileName: name, size: 4, hash: String(repeating: letter, count: 64), head: [65])
        upload.isPrivate = false
        upload.reference = reference
        return upload
    }

    @Test func `gives a file that comes back another address where another has its own`() async throws {
        let company = try await TemporaryCompany(noon: LifeWorld.noon) { $0.add(Poster.self) }
        try await company.write { session in
            for name in ["one", "two"] { try session.make("Poster", ["__newname": .string(name)]) }
            var upload = Self.upload("logo.txt", "a", ("Poster", "one"))
            upload.field = "picture"
            let file = try session.attach(upload)
            let poster = try session.get("Poster", "one")
            poster.set("picture", file.text("file_url"))
            try session.save(poster)
            try session.delete("Poster", "one")
            #expect(
                try session.attach(Self.upload("logo.txt", "b", ("Poster", "two"))).text("file_url")
                    == "/files/logo.txt")
            try session.restore(#require(try session.deletedCopy(of: "Poster", "one")))
        }
        try await company.read { (session: Session) throws in
            #expect(try session.storedFile(at: "/files/logo.txt").hash.hasPrefix("b"))
            let url = try session.get("Poster", "one").text("picture")
            #expect(url != "/files/logo.txt")
            #expect(try session.storedFile(at: url).hash.hasPrefix("a"))
            #expect(try session.attachments("Poster", "one").map { $0["file_url"]?.string } == [url])
        }
    }

    @Test func `gives a file that comes back by itself another address, too`() async throws {
        let world = try await LifeWorld()
        try await world.write { (session: Session) throws in
            let first = try session.attach(Self.upload("logo.txt", "a", nil)).name
            try session.removeFile(first)
            try session.attach(Self.upload("logo.txt", "b", nil))
            let back = try session.restore(#require(try session.deletedCopy(of: "File", first)))
            #expect(back.text("file_url") == "/files/logoaaaaaa.txt")
            #expect(try session.storedFile(at: "/files/logo.txt").hash.hasPrefix("b"))
        }
    }

    @Test func `shows a comment, a like and an assignment in lists again when they come back`() async throws {
        let world = try await LifeWorld()
        try await world.write(as: .administrator) { (session: Session) throws in
            let comment = try session.comment("Life Part", "bolt", "Round").name
            try session.like("Life Part", "bolt")
            let todo = try session.assign("Life Part", "bolt", to: [LifeWorld.worker.user])[0]
            let before = try DocumentMarks.marks("Life Part", "bolt", in: session)
            let like = try #require(
                try session.comments("Life Part", "bolt", kind: "Like").first?["name"]?.string)
            for (doctype, name) in [("Comment", comment), ("Comment", like), ("ToDo", todo)] {
                try session.delete(doctype, name)
            }
            #expect(try DocumentMarks.marks("Life Part", "bolt", in: session).isEmpty)
            for (doctype, name) in [("Comment", comment), ("Comment", like), ("ToDo", todo)] {
                try session.restore(#require(try session.deletedCopy(of: doctype, name)))
            }
            #expect(try DocumentMarks.marks("Life Part", "bolt", in: session) == before)
        }
    }

    @Test func `leaves out the marks of what could not come back`() async throws {
        let world = try await LifeWorld()
        try await world.write(as: .administrator) { (session: Session) throws in
            try session.make("User", ["email": "gone@example.com", "first_name": "Gone"])
            try session.comment("Life Part", "bolt", "Round")
            try session.assign("Life Part", "bolt", to: ["gone@example.com", LifeWorld.worker.user])
            try session.delete("Life Part", "bolt")
            try session.delete("User", "gone@example.com", cascade: true)
            try session.restore(#require(try session.deletedCopy(of: "Life Part", "bolt")))
            let marks = try DocumentMarks.marks("Life Part", "bolt", in: session)
            #expect(marks.assigned == [LifeWorld.worker.user] && marks.comments.count == 1)
            #expect(try session.assignments("Life Part", "bolt").count == 1)
        }
    }
}
