internal import Crypto
internal import Foundation
internal import Synchronization
internal import Values

/// Keeps objects as files of a folder: `ab/cdef…` by the digits of the key, `incoming/` for what is being written, and
/// `owner` for whose they are, `identity` for which store it is, `derived/` for what is made of objects. Only its owner may
/// enter the folder.
///
/// An object is written to `incoming/`, brought to stable storage, and then moved to its place in one step: a crash leaves
/// no half of it where it could be read. File work runs on threads of its own.
public final class FolderStore: ObjectStore {
    let root: String
    private let work = FileWork()
    /// Held while an object comes to its place or goes, so that none goes that was just written again.
    let order = Mutex(())
    /// What is made of the objects.
    private let made: DerivedFolder

    /// Opens the folder and makes it if there is none. Of what is made of objects it keeps so many bytes.
    ///
    /// - Throws: ``ObjectStorageError`` when it cannot be made.
    public init(_ path: String, derivedBytes: Int64 = ObjectLimits.derivedBytes) throws {
        root = path
        made = DerivedFolder(path + "/" + Self.derivedName, beside: path + "/incoming", limit: derivedBytes)
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ObjectStorageError.failed("make \(path)", code: errno)
        }
        // One that was there is closed to others, too, where it is this user's.
        _ = unsafe chmod(path, 0o700)
        try FileSystem.makeFolder(path + "/incoming")
    }

    public func writer(limit: Int64) async throws -> any ObjectWriter {
        try await work.run { [self] in try FolderWriter(self, limit: limit, work: work) }
    }

    public func size(of key: String) async throws -> Int64? {
        let path = try path(of: key)
        return try await work.run { try FileSystem.facts(path)?.size }
    }

    public func reader(of key: String) async throws -> any ObjectReader {
        let path = try path(of: key)
        return try await work.run { [work] in FolderReader(file: try OpenFile(reading: path), work: work) }
    }

    public func delete(_ key: String) async throws {
        let path = try path(of: key)
        try await work.run { [self] in
            try order.withLock { _ in try FileSystem.remove(path) }
            try made.remove { $0 == key }
        }
    }

    public func derived(_ name: String, of key: String) async throws -> [UInt8]? {
        guard Self.isKey(key) else { throw ObjectStorageError.badKey }
        return try await work.run { [made] in try made.read(name, of: key) }
    }

    public func keep(_ bytes: [UInt8], as name: String, of key: String) async throws {
        guard Self.isKey(key) else { throw ObjectStorageError.badKey }
        try await work.run { [made] in try made.keep(bytes, as: name, of: key) }
    }

    public func identity() async throws -> String {
        try await work.run { [self] in
            if let known = try text(of: "identity") { return known }
            // Who is later than another that makes one takes that one's.
            return try write(UUID().uuidString.lowercased(), as: "identity")
        }
    }

    /// The owner stands in a file of the folder. A folder that has objects and names no owner belongs to nobody who asks.
    public func belongs(to owner: String) async throws -> Bool {
        try await work.run { [self] in
            if let known = try text(of: "owner") { return known == owner }
            guard try FileSystem.names(in: root).allSatisfy({ $0.utf8.count != 2 }) else { return false }
            return try write(owner, as: "owner") == owner
        }
    }

    /// What a small file of the folder holds; nil when there is none.
    private func text(of name: String) throws -> String? {
        guard let facts = try FileSystem.facts("\(root)/\(name)") else { return nil }
        return String(
            decoding: try OpenFile(reading: "\(root)/\(name)").read(Int(min(facts.size, 1_024)), at: 0), as: UTF8.self)
    }

    /// Makes a small file of the folder, whole or not at all, and gives what it holds: that of another, who was first.
    private func write(_ text: String, as name: String) throws -> String {
        let (new, place) = ("\(root)/incoming/\(UUID().uuidString)", "\(root)/\(name)")
        let file = try OpenFile(creating: new)
        do {
            try file.write(Array(text.utf8))
            try file.synchronize()
            try FileSystem.link(new, to: place)
        } catch {
            try? FileSystem.remove(new)
            throw error
        }
        try FileSystem.remove(new)
        try FileSystem.synchronize(folder: root)
        return try self.text(of: name) ?? text
    }

    public func collect(keeping used: Set<String>, idleFor seconds: Int) async throws -> Int {
        try await work.run { [self] in
            let limit = Int64(time(nil)) - Int64(seconds)
            for name in try FileSystem.names(in: root + "/incoming") {
                let path = "\(root)/incoming/\(name)"
                if let facts = try FileSystem.facts(path), facts.changed < limit { try FileSystem.remove(path) }
            }
            var removed = 0
            for folder in try FileSystem.names(in: root) where folder.utf8.count == 2 {
                for name in try FileSystem.names(in: "\(root)/\(folder)") {
                    let key = folder + name
                    guard Self.isKey(key), !used.contains(key) else { continue }
                    let path = "\(root)/\(folder)/\(name)"
                    try order.withLock { _ in
                        // Looked at under the lock: what was just written again has a new time.
                        guard let facts = try FileSystem.facts(path), facts.changed < limit else { return }
                        try FileSystem.remove(path)
                        removed += 1
                    }
                }
            }
            // What was made of one that came meanwhile is made again.
            try made.remove { !used.contains($0) }
            return removed
        }
    }

    /// The folder in the folder that holds what is made of objects.
    public static let derivedName = "derived"

    /// Where an object lies.
    func path(of key: String) throws -> String {
        guard Self.isKey(key) else { throw ObjectStorageError.badKey }
        return "\(root)/\(key.prefix(2))/\(key.dropFirst(2))"
    }

    /// Whether a text is the key of an object: the SHA-256 of its bytes, as 64 hexadecimal digits.
    package static func isKey(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

/// A file of a folder that is being read.
private struct FolderReader: ObjectReader {
    let file: OpenFile
    let work: FileWork

    func read(at offset: Int64, count: Int) async throws -> [UInt8] {
        try await work.run { try file.read(max(0, min(count, ObjectLimits.pieceBytes)), at: offset) }
    }
}

/// An object on its way into a folder.
private final class FolderWriter: ObjectWriter {
    private struct State {
        var file: OpenFile?
        var digest = SHA256()
        var size: Int64 = 0
        var head: [UInt8] = []
    }

    private let store: FolderStore
    private let limit: Int64
    private let work: FileWork
    private let path: String
    private let state: Mutex<State>

    init(_ store: FolderStore, limit: Int64, work: FileWork) throws {
        self.store = store
        self.limit = limit
        self.work = work
        path = "\(store.root)/incoming/\(UUID().uuidString)"
        state = Mutex(State(file: try OpenFile(creating: path)))
    }

    deinit {
        // Who neither finished nor abandoned it was stopped on the way.
        if state.withLock({ $0.file }) != nil { unsafe unlink(path) }
    }

    func append(_ bytes: [UInt8]) async throws {
        try await work.run { [self] in
            try state.withLock { state in
                guard let file = state.file else { throw ObjectStorageError.ended }
                guard state.size + Int64(bytes.count) <= limit else {
                    end(&state)
                    throw ObjectStorageError.tooLarge(limit: limit)
                }
                do {
                    try file.write(bytes)
                } catch {
                    end(&state)
                    throw error
                }
                state.size += Int64(bytes.count)
                state.digest.update(data: bytes)
                let missing = ObjectLimits.headBytes - state.head.count
                if missing > 0 { state.head.append(contentsOf: bytes.prefix(missing)) }
            }
        }
    }

    func finish() async throws -> StoredObject {
        try await work.run { [self] in
            try state.withLock { state in
                guard let file = state.file else { throw ObjectStorageError.ended }
                do {
                    try file.synchronize()
                    let object = StoredObject(
                        key: state.digest.finalize().hexText, size: state.size, head: state.head)
                    let place = try store.path(of: object.key)
                    let folder = String(place.prefix(place.utf8.count - 63))
                    try store.order.withLock { _ in
                        try FileSystem.makeFolder(folder)
                        try FileSystem.move(path, to: place)
                    }
                    try FileSystem.synchronize(folder: folder)
                    try FileSystem.synchronize(folder: store.root)
                    state.file = nil
                    return object
                } catch {
                    end(&state)
                    throw error
                }
            }
        }
    }

    func abandon() async {
        await work.run { [self] in
            state.withLock { state in if state.file != nil { end(&state) } }
        }
    }

    private func end(_ state: inout State) {
        state.file = nil
        unsafe unlink(path)
    }
}
