import Testing
import Values

@Suite struct SequenceTests {
    @Test func `bytes are two hexadecimal digits each`() {
        #expect([0, 255, 16, 0x0a].hexText == "00ff100a")
        #expect([UInt8]().hexText == "")
        #expect([UInt8](hexText: "00ff100a") == [0, 255, 16, 0x0a])
        #expect([UInt8](hexText: "") == [])
    }

    @Test(arguments: ["0", "00f", "0G", "FF", " 00", "0é"])
    func `what is no hexadecimal text gives no bytes`(text: String) {
        #expect([UInt8](hexText: text) == nil)
    }

    @Test(
        arguments: [
            (0, 3, []), (1, 3, [1]), (3, 3, [3]), (4, 3, [3, 1]), (7, 2, [2, 2, 2, 1]), (2, 1, [1, 1]),
        ] as [(Int, Int, [Int])])
    func `elements come in runs of at most so many, in order`(count: Int, size: Int, runs: [Int]) {
        let elements = Array(0..<count)
        let chunks = elements.chunks(of: size)
        #expect(chunks.map(\.count) == runs)
        #expect(chunks.flatMap { $0 } == elements)
    }
}
