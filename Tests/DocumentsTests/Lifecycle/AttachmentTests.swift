import Collaboration
import Documents
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct AttachmentTests {
    private static func upload(
        _ name: String, _ content: String = "text", to reference: (String, String)? = ("Life Part", "bolt"),
        isPrivate: Bool = true
    ) -> Upload {
        // Any hash does here: what it is of lies elsewhere.
        let hash =
            String(repeating: "0", count: 48)
            + String(
                UInt64(
                    bitPattern: Int64(content.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) % 1_000_003 })
                        + 1_000_000_000_000_000))
        var upload = Upload(fileName: name, size: Int64(content.utf8.count), hash: hash, head: Array(content.utf8))
        upload.isPrivate = isPrivate
        upload.reference = reference
        return upload
    }

    private static let names: [(given: String, kept: String?)] = [
        ("plan.txt", "plan.txt"), ("../../etc/passwd", "passwd"), (#"C:\files\plan.txt"#, "plan.txt"),
        (" .hidden", "hidden"), ("a\u{0}b\n.txt", "ab.txt"), ("a\"b<c>?.txt", "a_b_c__.txt"), ("...", nil), ("", nil),
        ("/", nil), ("Übersicht 2026.txt", "Übersicht 2026.txt"), ("gpj\u{202E}exe.txt", "gpjexe.txt"),
        (String(repeating: "x", count: 200) + ".txt", String(repeating: "x", count: 136) + ".txt"),
        (
            "a" + String(repeating: "\u{301}", count: 500) + ".txt",
            "\u{E1}" + String(repeating: "\u{301}", count: 134) + ".txt"
        ),
        ("aux", "_aux"), ("CON.txt", "_CON.txt"), ("com1.txt", "_com1.txt"), ("console.txt", "console.txt"),
    ]

    @Test(arguments: names) func `cleans names`(given: String, kept: String?) async throws {
        let world = try await LifeWorld()
        let found = await problem {
            let name = try await world.write { try $0.attach(Self.upload(given)).text("file_name") }
            #expect(name == kept)
        }
        #expect(found?.kind == (kept == nil ? .badFile : nil))
    }

    private static let contents: [(name: String, head: [UInt8], isTaken: Bool)] = [
        ("a.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], true),
        ("a.png", [0xFF, 0xD8, 0xFF, 0xE0], false),
        ("a.jpg", [0xFF, 0xD8, 0xFF, 0xE0], true), ("a.pdf", Array("%PDF-1.7".utf8), true),
        ("a.pdf", Array("<html>".utf8), false), ("a.xlsx", [0x50, 0x4B, 3, 4], true), ("a.xlsx", [0x50, 0x4B], false),
        ("a.exe", [1], false), ("a.ex\u{200B}e", [1], false), ("a.\u{AD}lnk", [1], false), ("a.ln\u{212A}", [1], false),
        ("a.\u{200D}exe", [1], false),
        ("a.exe" + String(repeating: "\u{200B}", count: 20), [1], false),
        ("a.txt.exe . ", [1], false), ("a.exe.txt", [1], true), ("a.PHP", [1], false),
        ("picture.gif", [0x4D, 0x5A, 0x90], false),
        ("notes", [0x7F, 0x45, 0x4C, 0x46], false), ("notes", Array("#!/bin/sh".utf8), false),
        ("notes.csv", Array("a,b\n".utf8), true), ("notes.csv", [0x61, 0, 0x62], false), ("notes", [0, 1, 2], true),
        ("page.html", Array("<script>".utf8), true), ("drawing.svg", Array("<svg".utf8), true), ("empty.pdf", [], true),
    ]

    @Test(arguments: contents) func `takes only what is what it says`(
        name: String, head: [UInt8], isTaken: Bool
    ) async throws {
        let world = try await LifeWorld()
        var upload = Self.upload(name)
        upload.head = head
        let tried = upload
        let found = await problem { try await world.write { _ = try $0.attach(tried) } }
        #expect(found?.kind == (isTaken ? nil : .badFile))
        // What a browser could run is only ever downloaded.
        if name.hasSuffix(".html") || name.hasSuffix(".svg") { #expect(!FileContent.isShown(name)) }
    }

    @Test func `gives the same name to the same content, and another to other content`() async throws {
        let world = try await LifeWorld()
        let urls = try await world.write { session in
            try [
                session.attach(Self.upload("plan.txt", "one")), session.attach(Self.upload("plan.txt", "one", to: nil)),
                session.attach(Self.upload("plan.txt", "two")),
                session.attach(Self.upload("plan.txt", "one", isPrivate: false)),
            ].map { $0.text("file_url") }
        }
        #expect(urls[0] == "/private/files/plan.txt" && urls[1] == urls[0] && urls[3] == "/files/plan.txt")
        #expect(urls[2] != urls[0] && urls[2].hasPrefix("/private/files/plan") && urls[2].hasSuffix(".txt"))
        try await world.read { (session: Session) throws in
            #expect(try session.storedFile(at: urls[0]).hash != session.storedFile(at: urls[2]).hash)
            let files = try session.attachments("Life Part", "bolt")
            #expect(files.map { $0["file_url"]?.string } == [urls[0], urls[2], urls[3]])
        }
        #expect(try await world.faults() == [])
    }

    @Test func `shows a private file to who may read what it hangs on, a public one to all`() async throws {
        let world = try await LifeWorld()
        try await world.write { session in
            try session.attach(Self.upload("plan.txt"))
            try session.attach(Self.upload("open.txt", "open", isPrivate: false))
            try session.attach(Self.upload("mine.txt", "mine", to: nil))
        }
        let cases: [(url: String, seen: [Bool])] = [
            ("/private/files/plan.txt", [true, true, true, false, false]),
            ("/files/open.txt", [true, true, true, true, true]),
            ("/private/files/mine.txt", [true, false, false, false, false]),
            ("/private/files/none.txt", [false, false, false, false, false]),
        ]
        let actors = [LifeWorld.manager, LifeWorld.worker, LifeWorld.visitor, LifeWorld.nobody, .guest]
        for (url, seen) in cases {
            for (actor, isSeen) in zip(actors, seen) {
                let found = await problem { _ = try await world.read(as: actor) { try $0.storedFile(at: url) } }
                #expect(found?.kind == (isSeen ? nil : .notFound), "\(url) \(actor.user)")
            }
        }
    }

    @Test func `gives nobody a file by naming its address`() async throws {
        let world = try await LifeWorld()
        try await world.write { _ = try $0.attach(Self.upload("plan.txt", "mine", to: nil)) }
        let job = try await world.job("one", ["bolt"])
        let made = await problem {
            _ = try await world.write(as: LifeWorld.worker) { session in
                _ = try session.make(
                    "File",
                    [
                        "file_name": "plan.txt", "file_url": "/private/files/plan.txt", "content_hash": "00",
                        "attached_to_doctype": "Life Job", "attached_to_name": .string(job),
                    ])
            }
        }
        #expect(made?.kind == .badFile)
        let copied = await problem {
            _ = try await world.write(as: LifeWorld.worker) { session in
                _ = try session.attach(existing: "/private/files/plan.txt", to: ("Life Job", job))
            }
        }
        #expect(copied?.kind == .notFound)
        try await world.write { session in
            _ = try session.attach(existing: "/private/files/plan.txt", to: ("Life Job", job))
        }
        let seen = try await world.read(as: LifeWorld.worker) { try $0.storedFile(at: "/private/files/plan.txt") }
        #expect(seen.fileName == "plan.txt")
        // A link to another site needs no bytes here.
        try await world.write(as: LifeWorld.worker) { session in
            _ = try session.make("File", ["file_name": "site", "file_url": "https://example.com/x"])
        }
    }

    @Test func `copies files to what takes the place of a cancelled document, and counts what is used`() async throws {
        let world = try await LifeWorld()
        let job = try await world.job("one", ["bolt"], submits: true)
        let amended = try await world.write { session -> String in
            try session.attach(Self.upload("plan.txt", "plan", to: ("Life Job", job)))
            try session.cancel("Life Job", job)
            let copy = try session.amend(session.get("Life Job", job))
            try session.insert(copy)
            return copy.name
        }
        #expect(amended == "\(job)-1")
        let hash = try await world.read { try $0.storedFile(at: "/private/files/plan.txt").hash }
        try await world.write { (session: Session) throws in
            #expect(try session.attachments("Life Job", amended).map { $0["file_name"] } == ["plan.txt"])
            #expect(try session.usedFileHashes() == [hash])
            try session.delete("Life Job", amended)
            try session.delete("Life Job", job)
            // They may come back.
            #expect(try session.usedFileHashes() == [hash])
        }
        #expect(try await world.faults() == [])
    }

    @Test func `removes files for who may write what they hang on`() async throws {
        let world = try await LifeWorld()
        let name = try await world.write { try $0.attach(Self.upload("plan.txt")).name }
        let visitor = await problem { _ = try await world.write(as: LifeWorld.visitor) { try $0.removeFile(name) } }
        #expect(visitor?.kind == .forbidden)
        try await world.write(as: LifeWorld.worker) {
            try $0.call("frappe.desk.form.utils.remove_attach", ["fid": .string(name)])
        }
        try await world.read { (session: Session) throws in
            #expect(try session.attachments("Life Part", "bolt").isEmpty)
            #expect(try session.comments("Life Part", "bolt", kind: "Attachment Removed").count == 1)
        }
        #expect(try await world.faults() == [])
    }

    @Test func `asks of a File that is made or deleted by itself what is asked of an attachment`() async throws {
        let world = try await LifeWorld()
        let name = try await world.write(as: LifeWorld.worker) { try $0.attach(Self.upload("plan.txt")).name }
        let link: JSONObject = [
            "file_name": "site", "file_url": "https://example.com/x", "attached_to_doctype": "Life Part",
            "attached_to_name": "bolt",
        ]
        let made = try await world.write(as: LifeWorld.worker) { try $0.make("File", link).name }
        try await world.write { try $0.lock($0.get("Life Part", "bolt"), for: 60) }
        // Who uploaded it has no longer the right to write what it hangs on.
        let former = Actor(user: LifeWorld.worker.user, roles: ["Visitor"])
        for (actor, kind) in [(former, Problem.Kind.forbidden), (LifeWorld.worker, .locked)] {
            for work: @Sendable (Session) throws -> Void in [
                { try $0.delete("File", name) }, { try $0.removeFile(name) }, { _ = try $0.make("File", link) },
                { _ = try $0.attach(Self.upload("other.txt", "other")) },
            ] {
                let found = await problem { try await world.write(as: actor, work) }
                #expect(found?.kind == kind, "\(String(describing: found))")
            }
        }
        try await world.write { try $0.unlock($0.get("Life Part", "bolt")) }
        try await world.write(as: LifeWorld.worker) { session in
            for file in [name, made] { try session.delete("File", file) }
        }
        try await world.read { (session: Session) throws in
            #expect(try session.comments("Life Part", "bolt", kind: "Attachment").count == 2)
            #expect(try session.comments("Life Part", "bolt", kind: "Attachment Removed").count == 2)
        }
        #expect(try await world.faults() == [])
    }

    @Test func `counts links to other sites among the files of a document`() async throws {
        let world = try await LifeWorld()
        try await world.write(as: .administrator) { session in
            _ = try session.make(
                "Property Setter",
                [
                    "doc_type": "Life Part", "doctype_or_field": "DocType", "property": "max_attachments", "value": "2",
                    "property_type": "Int",
                ])
        }
        let link: JSONObject = [
            "file_name": "site", "file_url": "https://example.com/x", "attached_to_doctype": "Life Part",
            "attached_to_name": "bolt",
        ]
        try await world.write { session in
            try session.make("File", link)
            try session.attach(Self.upload("plan.txt"))
        }
        let found = await problem { _ = try await world.write { _ = try $0.make("File", link) } }
        #expect(found?.kind == .tooManyFiles)
    }

    @Test func `gives a file another address when it becomes public or private, and keeps the bytes`() async throws {
        let world = try await LifeWorld()
        let (name, url) = try await world.write { session -> (String, String) in
            let file = try session.attach(Self.upload("plan.txt"))
            try session.attach(Self.upload("plan.txt", "other", isPrivate: false))
            return (file.name, file.text("file_url"))
        }
        func change(_ fields: JSONObject, as actor: Actor = LifeWorld.manager) async -> Problem? {
            await problem {
                _ = try await world.write(as: actor) { session in
                    let file = try session.get("File", name)
                    try session.apply(fields, to: file)
                    try session.save(file)
                }
            }
        }
        #expect(await change(["file_url": "/files/mine.txt"])?.kind == .frozen)
        let visitor = Actor(user: LifeWorld.manager.user, roles: ["Visitor"])
        #expect(await change(["is_private": 0], as: visitor)?.kind == .forbidden)
        #expect(await change(["is_private": 0]) == nil)
        try await world.read { (session: Session) throws in
            let file = try session.get("File", name)
            let new = file.text("file_url")
            #expect(new.hasPrefix("/files/plan") && new != "/files/plan.txt")
            #expect(try session.storedFile(at: new).hash == file.text("content_hash"))
            #expect(throws: Problem.self) { try session.storedFile(at: url) }
        }
        #expect(await change(["is_private": 1]) == nil)
        #expect(try await world.read { try $0.get("File", name).text("file_url") } == url)
    }

    @Test func `finds who may see a file in a few statements, however many documents have it`() async throws {
        let world = try await LifeWorld()
        func statements(_ count: Int) async throws -> Int {
            try await world.write { session in
                try session.attach(Self.upload("plan.txt", to: nil))
                for number in 0..<count {
                    let job = try session.make("Life Job", ["subject": .string("\(number)")])
                    _ = try session.attach(existing: "/private/files/plan.txt", to: ("Life Job", job.name))
                }
            }
            return try await world.read { session in
                let counting = CountingTransaction(session.transaction)
                let worker = world.session(
                    as: Actor(user: "cleo@example.com", roles: ["Clerk"]), counting)
                #expect(throws: Problem.self) { try worker.storedFile(at: "/private/files/plan.txt") }
                return counting.count
            }
        }
        let few = try await statements(2)
        #expect(try await statements(30) == few)
    }
}
