internal import Foundation
internal import Synchronization

/// What is made of objects, as files of a folder: `<key>.<name>`. It keeps no more than its limit, and the oldest goes first.
///
/// Several processes may use the folder: each looks how much there is after it has added an eighth of what may be there.
final class DerivedFolder: Sendable {
    private let path: String
    private let incoming: String
    private let limit: Int64
    /// How much was added since all was counted last; nil when it never was.
    private let added = Mutex<Int64?>(nil)

    /// A folder that comes to be when something is kept. What is on its way is in another.
    init(_ path: String, beside incoming: String, limit: Int64) {
        (self.path, self.incoming, self.limit) = (path, incoming, limit)
    }

    func read(_ name: String, of key: String) throws -> [UInt8]? {
        let place = try place(of: name, key)
        guard let facts = try FileSystem.facts(place) else { return nil }
        do {
            return try OpenFile(reading: place).read(Int(clamping: min(facts.size, limit)), at: 0)
        } catch ObjectStorageError.notFound {
            return nil
        }
    }

    func keep(_ bytes: [UInt8], as name: String, of key: String) throws {
        let place = try place(of: name, key)
        let partial = "\(incoming)/\(UUID().uuidString)"
        let file = try OpenFile(creating: partial)
        do {
            try file.write(bytes)
            try file.synchronize()
            try FileSystem.makeFolder(path)
            try FileSystem.move(partial, to: place)
        } catch {
            try? FileSystem.remove(partial)
            throw error
        }
        let isDue = added.withLock { added in
            let sum = added.map { $0 + Self.room(Int64(bytes.count)) }
            let isDue = sum.map { $0 > limit / 8 } ?? true
            added = isDue ? 0 : sum
            return isDue
        }
        if isDue { try shrink() }
    }

    /// Removes what is made of objects whose key is among those that are meant.
    func remove(_ isMeant: (_ key: String) -> Bool) throws {
        for name in try FileSystem.names(in: path) where isMeant(String(name.prefix { $0 != "." })) {
            try FileSystem.remove("\(path)/\(name)")
        }
    }

    /// Removes the oldest until there is some room.
    private func shrink() throws {
        var files: [(path: String, room: Int64, changed: Int64)] = []
        for name in try FileSystem.names(in: path) {
            guard let facts = try FileSystem.facts("\(path)/\(name)") else { continue }
            files.append(("\(path)/\(name)", Self.room(facts.size), facts.changed))
        }
        var sum = files.reduce(0) { $0 + $1.room }
        guard sum > limit else { return }
        for file in files.sorted(by: { ($0.changed, $0.path) < ($1.changed, $1.path) }) where sum > limit / 4 * 3 {
            try FileSystem.remove(file.path)
            sum -= file.room
        }
    }

    /// What a file takes on a disk: the smallest takes a block, so that there are never very many.
    private static func room(_ size: Int64) -> Int64 { max(4_096, size) }

    private func place(of name: String, _ key: String) throws -> String {
        let isName = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x2E
        }
        guard isName, !name.isEmpty, name.utf8.count <= 40 else { throw ObjectStorageError.badKey }
        return "\(path)/\(key).\(name)"
    }
}
