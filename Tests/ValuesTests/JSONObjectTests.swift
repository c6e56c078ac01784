import Testing
import Values

@Suite struct JSONObjectTests {
    @Test func `keeps the order in which keys came, and the last of equal keys`() {
        var object: JSONObject = ["b": 1, "a": 2, "b": 3]
        #expect(object.members.map(\.key) == ["b", "a"])
        #expect(object["b"] == 3)
        object["c"] = 4
        object["a"] = nil
        #expect(object.map(\.key) == ["b", "c"])
        #expect(object.removeValue(forKey: "b") == 3)
        #expect(object.removeValue(forKey: "b") == nil)
        #expect(object.count == 1)
    }

    @Test func `is equal whatever the order`() {
        let a: JSON = ["x": 1, "y": [1, nil]]
        let b: JSON = ["y": [.decimal(1), nil], "x": 1]
        #expect(a == b)
        #expect(Set([a, b]).count == 1)
        #expect(a != ["x": 1])
        #expect(a != ["x": 1, "z": [1, nil]])
    }

    @Test func `a large object behaves as a small one`() {
        var object = JSONObject((0..<1000).map { ("k\($0)", JSON.int(Int64($0))) })
        object["k500"] = "new"
        object["k0"] = nil
        object["last"] = true
        #expect(object.count == 1000)
        #expect(object["k500"] == "new")
        #expect(object["k0"] == nil)
        #expect(object["k999"] == 999)
        #expect(object["last"] == true)
        #expect(object.members.last?.key == "last")
        for number in 1..<1000 { object["k\(number)"] = nil }
        #expect(object.members.map(\.key) == ["last"])
        #expect(object["last"] == true)
        object["again"] = 1
        #expect(object["again"] == 1)
    }

    @Test func `a value gives what it is and nothing else`() {
        let value: JSON = ["s": "x", "i": 7, "d": .decimal(Exact(units: 70, scale: 1)), "b": true, "a": [1], "n": nil]
        #expect(value["s"]?.string == "x")
        #expect(value["i"]?.int == 7)
        #expect(value["d"]?.int == 7)
        #expect(value["i"]?.exact == 7)
        #expect(value["b"]?.bool == true)
        #expect(value["a"]?.array == [1])
        #expect(value["n"]?.isNull == true)
        #expect(value["missing"] == nil)
        #expect(value["s"]?.int == nil)
        #expect(value["s"]?["s"] == nil)
        #expect(value.object?.count == 6)
    }
}
