import Documents
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct FieldRightsTests {
    @Test func `what a client sends for a level it may not write is restored`() async throws {
        let place = try await RightsPlace()
        let reader = try await place.actor("reader")
        let secrets = try await place.write(as: reader) { session in
            let deal = try session.make("Rights Deal", ["__newname": "a", "secret": "mine", "title": "t"])
            let new = deal.text("secret")
            try session.privileged {
                deal.set("secret", "set by the system")
                try session.save(deal)
            }
            let again = try session.get("Rights Deal", "a")
            try session.apply(["secret": "mine", "title": "u"], to: again)
            try session.save(again)
            return [new, again.text("secret"), again.text("title")]
        }
        #expect(secrets == ["plain", "set by the system", "u"])
    }

    @Test func `who may write a level writes it`() async throws {
        let place = try await RightsPlace()
        let actor = try await place.actor("levels")
        let secret = try await place.write(as: actor) { session in
            try session.make("Rights Deal", ["__newname": "a", "secret": "mine"]).text("secret")
        }
        #expect(secret == "mine")
    }

    @Test func `rows keep what their writer may not write, and tables of a level stay as they are`() async throws {
        let place = try await RightsPlace()
        try await place.write { session in
            _ = try session.make(
                "Rights Deal",
                [
                    "__newname": "a", "lines": [["item": "one", "cost": "9"]], "extras": [["item": "kept"]],
                ])
        }
        let reader = try await place.actor("reader")
        let texts = try await place.write(as: reader) { session in
            let deal = try session.get("Rights Deal", "a")
            let row = deal.table("lines")[0].name
            try session.apply(
                [
                    "lines": [["name": .string(row), "item": "uno", "cost": "0"], ["item": "two", "cost": "1"]],
                    "extras": [],
                ], to: deal)
            try session.save(deal)
            let stored = try session.privileged { try session.get("Rights Deal", "a") }
            return stored.table("lines").map { $0.text("item") + $0.text("cost") }
                + stored.table("extras").map { $0.text("item") }
        }
        #expect(texts == ["uno9", "two", "kept"])
    }

    @Test func `a masked value that comes back as it was shown stays, and so does one that was guessed`() async throws {
        let place = try await RightsPlace()
        let reader = try await place.actor("reader")
        let phones = try await place.write(as: reader) { session in
            let shown = session.present(try session.get("Rights Client", "Anna"))
            var phones: [String] = [shown["phone"]?.string ?? ""]
            for sent in [shown["phone"] ?? JSON.null, JSON.string("0999")] {
                let client = try session.get("Rights Client", "Anna")
                try session.apply(["phone": sent, "title": "Anna & Co"], to: client)
                try session.save(client)
                phones.append(client.text("phone"))
            }
            let new = try session.make("Rights Client", ["__newname": "Zoe", "phone": "0777"])
            return phones + [new.text("phone"), session.present(new)["phone"]?.string ?? ""]
        }
        #expect(phones == ["XXXXXXXX", "0123", "0123", "0777", "XXXXXXXX"])
    }

    @Test func `fields of a level are not there for who may not read it`() async throws {
        let place = try await RightsPlace()
        for (person, hasSecret) in [("reader", false), ("levels", true)] {
            let actor = try await place.actor(person)
            let shown = try await place.read(as: actor) { session in
                session.present(try session.get("Rights Client", "Anna"))
            }
            #expect((shown["secret"] != nil) == hasSecret)
            #expect(shown["title"] == "Anna Ltd")
        }
        let reader = try await place.actor("reader")
        let type = try place.registry.doctype("Rights Deal")
        let names = try await place.read(as: reader) { [$0.hiddenFields(of: type), $0.maskedFields(of: type)] }
        #expect(names == [["secret", "extras"], ["phone"]])
    }

    @Test func `who may only select sees name, title and search fields`() async throws {
        let place = try await RightsPlace()
        let selector = try await place.actor("selector")
        let type = try place.registry.doctype("Rights Client")
        let hidden = try await place.read(as: selector) { $0.hiddenFields(of: type) }
        #expect(
            hidden.isSuperset(of: ["remark", "secret", "phone", "zone"]) && hidden.isDisjoint(with: ["name", "title"]))
        let read = try await place.problem(as: "selector") { _ = try $0.get("Rights Client", "Anna") }
        #expect(read?.kind == .forbidden)
    }
}
