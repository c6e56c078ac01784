import Foundation
import Synchronization

/// Stands between a client and a server's socket and breaks connections where it is told to.
final class Interceptor: Sendable {
    /// What becomes of the next message that holds the marked words, and of its connection.
    enum Break: Sendable {
        /// The server does not get it.
        case before
        /// The server gets it, and the client does not get the answer.
        case after
        /// The server does not get it and does not learn that the client is gone.
        case silently
    }

    let directory: String
    private let target: String
    private let listener: Int32
    private let state = Mutex(State())

    private struct State {
        var plan: (words: [UInt8], how: Break)?
        var broken = 0
        var open: [Int32] = []
        var isClosed = false
    }

    /// Listens on the socket of a server in a directory of its own and passes on to that in `target`.
    init(before target: String) throws {
        directory = "/tmp/cauldron-between-\(UUID().uuidString.prefix(8))"
        self.target = target + "/.s.PGSQL.5432"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let listening = unsafe Self.with(directory + "/.s.PGSQL.5432") { unsafe bind(listener, $0, $1) == 0 }
        guard listening, listen(listener, 16) == 0 else { throw POSIXError(.EADDRINUSE) }
        Thread.detachNewThread { [self] in accept() }
    }

    /// Breaks the connection at the next message to the server that holds `words`.
    func breakAt(_ words: String, _ how: Break) { state.withLock { $0.plan = (Array(words.utf8), how) } }

    /// Lets no connection through from now on; those that are open stay.
    func refuseOthers() { state.withLock { $0.isClosed = true } }

    /// How many connections were broken.
    var broken: Int { state.withLock(\.broken) }

    func close() {
        for socket in state.withLock({ $0.open }) + [listener] { _ = shutdown(socket, Int32(SHUT_RDWR)) }
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func accept() {
        while true {
            let client = Foundation.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            guard !state.withLock({ $0.isClosed }), unsafe Self.with(target, { unsafe connect(server, $0, $1) == 0 })
            else {
                Foundation.close(client)
                Foundation.close(server)
                continue
            }
            state.withLock { $0.open += [client, server] }
            let isCut = Flag()
            Thread.detachNewThread { [self] in pass(from: client, to: server, isCut, isToServer: true) }
            Thread.detachNewThread { [self] in pass(from: server, to: client, isCut, isToServer: false) }
        }
    }

    private func pass(from source: Int32, to target: Int32, _ isCut: Flag, isToServer: Bool) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(source, &bytes, bytes.count, 0)
            guard count > 0 else { break }
            if isToServer, let how = planned(bytes[..<count]) {
                isCut.set()
                if how == .after { _ = unsafe send(target, bytes, count, Int32(MSG_NOSIGNAL)) }
                // Time for the server to do what it got.
                Thread.sleep(forTimeInterval: 0.2)
                _ = shutdown(source, Int32(SHUT_RDWR))
                if how != .silently { _ = shutdown(target, Int32(SHUT_RDWR)) }
                return
            }
            if isCut.isSet { continue }
            _ = unsafe send(target, bytes, count, Int32(MSG_NOSIGNAL))
        }
        if !isCut.isSet { _ = shutdown(target, Int32(SHUT_RDWR)) }
    }

    private func planned(_ bytes: ArraySlice<UInt8>) -> Break? {
        state.withLock { state in
            guard let plan = state.plan, bytes.firstRange(of: plan.words) != nil else { return nil }
            state.plan = nil
            state.broken += 1
            return plan.how
        }
    }

    private static func with(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

/// A flag that two threads share.
private final class Flag: Sendable {
    private let flag = Mutex(false)
    var isSet: Bool { flag.withLock { $0 } }
    func set() { flag.withLock { $0 = true } }
}
