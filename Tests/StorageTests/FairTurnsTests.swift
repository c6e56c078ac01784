import Storage
import Synchronization
import Testing

@Suite struct FairTurnsTests {
    @Test func `a company that wants much does not keep others waiting, nor the server`() async throws {
        let turns = FairTurns<String>(atOnce: 1, places: 3)
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await turns.pass(by: "noisy") { await gate.wait() } }
            while turns.counts.running == 0 { await Task.yield() }
            for (number, owner) in ["noisy", "noisy", "noisy", "quiet"].enumerated() {
                group.addTask { try await turns.pass(by: owner) { gate.note(owner) } }
                while turns.counts.waiting < number + 1 { await Task.yield() }
            }
            await #expect(throws: FairTurns<String>.Full.self) { try await turns.pass(by: "noisy") {} }
            gate.open()
            try await group.waitForAll()
        }
        #expect(gate.noted == ["quiet", "noisy", "noisy", "noisy"])
        #expect(turns.counts == (0, 0))
    }
}

/// Holds who waits until it is opened, and notes who came through.
private final class Gate: Sendable {
    private let names = Mutex<[String]>([])
    var noted: [String] { names.withLock { $0 } }

    func note(_ name: String) { names.withLock { $0.append(name) } }

    private let state = Mutex<(isOpen: Bool, waiting: CheckedContinuation<Void, Never>?)>((false, nil))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting = continuation }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            return state.waiting
        }
        waiting?.resume()
    }
}
