import Documents
import History
import Storage
import TestSupport
import Testing
import Values

/// What is told of a document's past under other names, before a deletion, and before one could read it.
@Suite(.bothEngines) struct FormerNameTests {
    private static let bob = Actor(user: "bob@example.com", roles: ["Manager"])

    private func titles(_ archive: Archive, _ name: String) async throws -> [String] {
        try await archive.read { session in
            try session.versions(of: "Past Customer", name, limit: 50).map { version in
                let data = try JSON.parse(version["data"]?.string ?? "")
                let change = data["changed"]?.array?.first { $0.array?.first == "title" }
                let word = data["renamed"] != nil ? "renamed" : data["restored"] != nil ? "restored" : ""
                return change?.array?.last?.string ?? word
            }
        }
    }

    private func set(_ archive: Archive, _ moment: Int, _ name: String, _ title: String) async throws {
        try await archive.write(as: Self.bob, at: Archive.moment(moment)) { session in
            let customer = try session.get("Past Customer", name)
            customer.set("title", title)
            try session.save(customer)
        }
    }

    /// A was called a1, a2, became B, and was called b1; then another A came, which is called new.
    private func renamed() async throws -> Archive {
        let archive = try await Archive()
        try await archive.write(10) { _ = try $0.make("Past Customer", ["__newname": "A", "title": "a1"]) }
        try await set(archive, 20, "A", "a2")
        try await archive.write(30) { try $0.rename("Past Customer", "A", to: "B") }
        try await archive.write(40) { _ = try $0.make("Past Customer", ["__newname": "A", "title": "other"]) }
        try await set(archive, 50, "A", "new")
        return archive
    }

    @Test func `shows the versions under a former name, and none of what has that name now`() async throws {
        let archive = try await renamed()
        #expect(try await titles(archive, "B") == ["renamed", "a2"])
        try await set(archive, 60, "B", "b1")
        #expect(try await titles(archive, "B") == ["b1", "renamed", "a2"])
        #expect(try await titles(archive, "A") == ["new"])
    }

    @Test func `finds who set a value before a renaming`() async throws {
        let archive = try await renamed()
        try await archive.read { session in
            let title = try session.lineage(of: session.get("Past Customer", "B")).origin(of: "title")
            #expect(title.user == Self.bob.user && title.moment == Archive.moment(20) && title.old == "a1")
            let other = try session.lineage(of: session.get("Past Customer", "A")).origin(of: "title")
            #expect(other.user == Self.bob.user && other.moment == Archive.moment(50) && other.old == "other")
        }
    }

    @Test func `follows a document that was renamed there and back, in one transaction, too`() async throws {
        let archive = try await Archive()
        try await archive.write(10) { _ = try $0.make("Past Customer", ["__newname": "A", "title": "a1"]) }
        try await set(archive, 20, "A", "a2")
        try await archive.write(30) { session in
            for (old, new) in [("A", "B"), ("B", "A"), ("A", "B"), ("B", "C")] {
                try session.rename("Past Customer", old, to: new)
            }
            let lineage = try session.lineage(of: session.get("Past Customer", "C"))
            #expect(lineage.origin(of: "title").moment == Archive.moment(20))
        }
        #expect(try await titles(archive, "C") == ["renamed", "renamed", "renamed", "renamed", "a2"])
    }

    @Test(arguments: [false, true]) func `goes on below a deletion that was undone`(isOneTransaction: Bool) async throws
    {
        let archive = try await Archive()
        try await archive.write(10) { _ = try $0.make("Past Customer", ["__newname": "A", "title": "a1"]) }
        try await set(archive, 20, "A", "a2")
        try await archive.write(30) { session in
            try session.delete("Past Customer", "A")
            guard isOneTransaction else { return }
            _ = try session.restore(#require(try session.deletedCopy(of: "Past Customer", "A")))
        }
        if !isOneTransaction {
            // Another had the name in between.
            try await archive.write(31) { _ = try $0.make("Past Customer", ["__newname": "A", "title": "other"]) }
            try await set(archive, 32, "A", "new")
            try await archive.write(33) { try $0.delete("Past Customer", "A") }
            try await archive.write(40) { session in
                let copy = try session.transaction.first(
                    "SELECT name FROM deleted_document ORDER BY name LIMIT 1", [], [.text])
                _ = try session.restore(copy?[0].text ?? "")
            }
        }
        #expect(try await titles(archive, "A") == ["restored", "a2"])
        try await archive.read { session in
            let title = try session.lineage(of: session.get("Past Customer", "A")).origin(of: "title")
            #expect(title.user == Self.bob.user && title.moment == Archive.moment(20))
        }
        #expect(try await archive.past("Past Customer", "A", 25)?["title"] == "a2")
        if !isOneTransaction { #expect(try await archive.past("Past Customer", "A", 32)?["title"] == "new") }
    }

    @Test func `shows the versions of a restored document under the number it had`() async throws {
        let archive = try await Archive()
        let name = try await archive.write(10) { try $0.make("Past Order", ["title": "a1"]).name }
        try await archive.write(20) { session in
            let order = try session.get("Past Order", name)
            order.set("title", "a2")
            try session.save(order)
        }
        try await archive.write(30) { try $0.delete("Past Order", name) }
        try await archive.write(31) { _ = try $0.make("Past Order", ["title": "other"]) }
        let back = try await archive.write(40) { session in
            try session.restore(#require(try session.deletedCopy(of: "Past Order", name))).name
        }
        #expect(back != name)
        try await archive.read { session in
            let title = try session.lineage(of: session.get("Past Order", back)).origin(of: "title")
            #expect(title.moment == Archive.moment(20) && title.old == "a1")
            #expect(try session.versions(of: "Past Order", back, limit: 9).count == 2)
            #expect(try session.versions(of: "Past Order", name, limit: 9).isEmpty)
        }
    }

    @Test func `keeps a link of a document to itself as of before its renaming`() async throws {
        let world = try await LifeWorld()
        try await world.write { session in
            let bolt = try session.get("Life Part", "bolt")
            bolt.set("twin", "bolt")
            try session.save(bolt)
        }
        let later = LifeWorld.noon.adding(seconds: 60)
        try await world.write(at: later) { try $0.rename("Life Part", "bolt", to: "screw") }
        try await world.read { (session: Session) throws in
            let data = try session.versions(of: "Life Part", "screw", limit: 1).first?["data"]?.string ?? ""
            #expect(data.contains(#"["twin","bolt","screw"]"#), "\(data)")
            let past = try session.get("Life Part", "bolt", asOf: LifeWorld.noon)
            #expect(past.text("twin") == "bolt" && past.text("code") == "bolt")
        }
    }

    @Test func `tells nothing of the time before a document became the reader's`() async throws {
        let place = try await RightsPlace()
        try await place.limit("reader", "Rights Zone", "North")
        let moments = (0..<4).map { RightsWorld.noon.adding(seconds: $0 * 60) }
        let steps: [JSONObject] = [
            ["zone": "South", "title": "south-1"], ["title": "south-2"], ["zone": "North", "title": "north-1"],
            ["title": "north-2"],
        ]
        for (moment, step) in zip(moments, steps) {
            try await place.write(at: moment) { session in
                guard try session.exists("Rights Deal", "deal") else {
                    var object = step
                    object["__newname"] = "deal"
                    try session.make("Rights Deal", object)
                    return
                }
                let deal = try session.get("Rights Deal", "deal")
                try session.apply(step, to: deal)
                try session.save(deal)
            }
        }
        let reader = try await place.actor("reader")
        try await place.read(as: reader, at: moments[3]) { (session: Session) throws in
            let versions = try session.versions(of: "Rights Deal", "deal", limit: 9)
            #expect(versions.count == 1 && !JSON.array(versions).text.contains("south"))
            let lineage = try session.call(
                "cauldron.lineage.of", ["doctype": "Rights Deal", "name": "deal"])
            #expect(!lineage.text.contains("south") && !lineage.text.contains("South"))
            #expect(lineage["fields"]?["title"]?["old"] == "north-1")
            let zone = lineage["fields"]?["zone"]
            #expect(zone?["moment"] == .string(moments[2].description) && zone?["old"] == .null)
        }
        try await place.read(as: .administrator, at: moments[3]) { (session: Session) throws in
            #expect(try session.versions(of: "Rights Deal", "deal", limit: 9).count == 3)
        }
    }
}
