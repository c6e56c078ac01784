import Foundation
import ObjectStorage
import Testing

/// A folder that goes when nobody holds it.
private final class Folder: Sendable {
    let path = NSTemporaryDirectory() + "cauldron-objects-\(UUID().uuidString)"
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Every file in it, with its path inside it.
    var files: [String] {
        let found = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return found.filter { name in
            var isFolder: ObjCBool = false
            return unsafe FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }
}

extension ObjectStore {
    fileprivate func put(_ pieces: [String], limit: Int64 = 1 << 20) async throws -> StoredObject {
        let writer = try await writer(limit: limit)
        for piece in pieces { try await writer.append(Array(piece.utf8)) }
        return try await writer.finish()
    }

    fileprivate func text(_ key: String, _ range: Range<Int64>) async throws -> String {
        let reader = try await reader(of: key)
        var bytes: [UInt8] = []
        while range.lowerBound + Int64(bytes.count) < range.upperBound {
            let at = range.lowerBound + Int64(bytes.count)
            let piece = try await reader.read(at: at, count: Int(range.upperBound - at))
            if piece.isEmpty { break }
            bytes += piece
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

@Suite struct ObjectStorageTests {
    /// The examples of FIPS 180-4 and of NIST's test vectors.
    private static let digests: [(text: String, times: Int, digest: String)] = [
        ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]

    @Test(arguments: digests) func `knows objects by the SHA-256 of their bytes`(
        text: String, times: Int, digest: String
    ) async throws {
        let folder = Folder()
        let store = try FolderStore(folder.path)
        let whole = String(repeating: text, count: times)
        #expect(try await store.put([whole]).key == digest)
        // In pieces of lengths that do not go with the blocks of the digest.
        var pieces: [String] = []
        var rest = whole[...]
        var length = 1
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(length)))
            rest = rest.dropFirst(length)
            length = length % 7919 + 61
        }
        #expect(try await store.put(pieces).key == digest)
        #expect(folder.files.count == 1)
    }

    @Test func `gives back what was put, whole and in parts`() async throws {
        let folder = Folder()
        let store = try FolderStore(folder.path)
        let text = (0..<100_000).map { String($0) }.joined(separator: " ")
        let object = try await store.put([text])
        #expect(object.size == Int64(text.utf8.count))
        #expect(object.head == Array(text.utf8.prefix(ObjectLimits.headBytes)))
        #expect(try await store.size(of: object.key) == object.size)
        #expect(try await store.text(object.key, 0..<object.size) == text)
        #expect(try await store.text(object.key, 2..<6) == "1 2 ")
        #expect(try await store.text(object.key, object.size - 5..<object.size + 100) == "99999")
        try await store.delete(object.key)
        try await store.delete(object.key)
        #expect(try await store.size(of: object.key) == nil)
        await #expect(throws: ObjectStorageError.notFound) { try await store.text(object.key, 0..<1) }
    }

    @Test func `keeps nothing of what is too large, given up or never ended`() async throws {
        let folder = Folder()
        let store = try FolderStore(folder.path)
        await #expect(throws: ObjectStorageError.tooLarge(limit: 5)) { try await store.put(["abc", "def"], limit: 5) }
        #expect(folder.files.isEmpty)
        let abandoned = try await store.writer(limit: 10)
        try await abandoned.append([1, 2, 3])
        await abandoned.abandon()
        await #expect(throws: ObjectStorageError.ended) { try await abandoned.append([4]) }
        #expect(folder.files.isEmpty)
        do {
            let forgotten = try await store.writer(limit: 10)
            try await forgotten.append([1])
            #expect(folder.files.count == 1)
        }
        #expect(folder.files.isEmpty)
        _ = try await store.put(["abcde"], limit: 5)
        #expect(folder.files.count == 1)
    }

    @Test(arguments: [
        "", "../../etc/passwd", "AB", String(repeating: "g", count: 64), String(repeating: "a", count: 63) + "/",
        String(repeating: "A", count: 64),
    ])
    func `takes no key that is none`(key: String) async throws {
        let folder = Folder()
        let store = try FolderStore(folder.path)
        await #expect(throws: ObjectStorageError.badKey) { try await store.size(of: key) }
        await #expect(throws: ObjectStorageError.badKey) { try await store.delete(key) }
    }

    @Test func `collects what nobody names and has been still for long enough`() async throws {
        let folder = Folder()
        let store = try FolderStore(folder.path)
        let named = try await store.put(["named"])
        let old = try await store.put(["old"])
        let new = try await store.put(["new"])
        let past = Date(timeIntervalSinceNow: -7200)
        let leftover = folder.path + "/incoming/left by a crash"
        #expect(FileManager.default.createFile(atPath: leftover, contents: Data([1])))
        for name in folder.files where !name.contains(new.key.dropFirst(2)) {
            try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: folder.path + "/" + name)
        }
        #expect(try await store.collect(keeping: [named.key], idleFor: 3600) == 1)
        #expect(try await store.size(of: named.key) != nil)
        #expect(try await store.size(of: old.key) == nil)
        #expect(try await store.size(of: new.key) != nil)
        #expect(!FileManager.default.fileExists(atPath: leftover))
        // The same bytes once more make an old object young again.
        try FileManager.default.setAttributes(
            [.modificationDate: past], ofItemAtPath: "\(folder.path)/\(new.key.prefix(2))/\(new.key.dropFirst(2))")
        _ = try await store.put(["new"])
        #expect(try await store.collect(keeping: [], idleFor: 3600) == 1)
        #expect(try await store.size(of: new.key) != nil)
    }

    // MARK: What is made of objects

    @Test func `what is made of an object is kept beside it and goes with it`() async throws {
        let folder = Folder()
        let store = try FolderStore(folder.path)
        let (first, second) = (try await store.put(["first"]), try await store.put(["second"]))
        #expect(try await store.derived("300-1", of: first.key) == nil)
        try await store.keep([1, 2, 3], as: "300-1", of: first.key)
        try await store.keep([4], as: "64-1", of: first.key)
        try await store.keep([5], as: "64-1", of: second.key)
        #expect(try await store.derived("300-1", of: first.key) == [1, 2, 3])
        try await store.keep([6], as: "300-1", of: first.key)
        #expect(try await FolderStore(folder.path).derived("300-1", of: first.key) == [6])
        // It is no object: neither counted nor found as one, and gone as soon as nobody names its object.
        #expect(try await store.collect(keeping: [first.key], idleFor: 3600) == 0)
        #expect(try await store.derived("64-1", of: second.key) == nil)
        #expect(try await store.derived("64-1", of: first.key) == [4])
        try await store.delete(first.key)
        #expect(try await store.derived("64-1", of: first.key) == nil)
        #expect(folder.files.filter { $0.hasPrefix("derived/") || $0.hasPrefix("incoming/") }.isEmpty)
    }

    @Test func `the oldest of what is made goes when there is too much, and many small are much`() async throws {
        let folder = Folder()
        let store = try FolderStore(folder.path, derivedBytes: 20 * 4_096)
        var keys: [String] = []
        for number in 0..<60 { keys.append(try await store.put(["\(number)"]).key) }
        for (number, key) in keys.enumerated() {
            try await store.keep([UInt8(number)], as: "64-1", of: key)
            let past = Date(timeIntervalSinceNow: Double(number - 1_000))
            try FileManager.default.setAttributes(
                [.modificationDate: past], ofItemAtPath: "\(folder.path)/derived/\(key).64-1")
            #expect(folder.files.count { $0.hasPrefix("derived/") } <= 23)
        }
        #expect(try await store.derived("64-1", of: keys[0]) == nil)
        #expect(try await store.derived("64-1", of: keys[59]) == [59])
        #expect(folder.files.count { $0.hasPrefix("derived/") } >= 15)
    }

    @Test(arguments: ["", "../x", "a/b", "A", "a b", "x\0", String(repeating: "a", count: 41)])
    func `what is made has a name that leads nowhere`(name: String) async throws {
        let folder = Folder()
        let store = try FolderStore(folder.path)
        let object = try await store.put(["x"])
        await #expect(throws: ObjectStorageError.badKey) { try await store.keep([1], as: name, of: object.key) }
        await #expect(throws: ObjectStorageError.badKey) { try await store.derived(name, of: object.key) }
        await #expect(throws: ObjectStorageError.badKey) { try await store.keep([1], as: "64", of: "../\(object.key)") }
        await #expect(throws: ObjectStorageError.badKey) { try await store.derived("64", of: "..") }
    }

    @Test func `a store is told from every other, by all who open it at once`() async throws {
        let (folder, other) = (Folder(), Folder())
        let store = try FolderStore(folder.path)
        let identities = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await FolderStore(folder.path).identity() } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(identities.count == 1)
        #expect(try await identities == [store.identity()])
        #expect(try await FolderStore(other.path).identity() != store.identity())
        #expect(try await store.belongs(to: "a"))
        #expect(try await !store.belongs(to: "b"))
        #expect(folder.files == ["identity", "owner"])
    }

    @Test func `nobody but its owner may enter it, also where the folder was there before`() async throws {
        let folder = Folder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
        let store = try FolderStore(folder.path)
        _ = try await store.put(["private"])
        _ = try await store.identity()
        let paths =
            [folder.path] + (FileManager.default.enumerator(atPath: folder.path)?.map { "\(folder.path)/\($0)" } ?? [])
        #expect(paths.count == 5)
        for path in paths {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect((mode ?? 0o777) & 0o077 == 0, "\(path)")
        }
    }

    @Test func `takes many objects at once`() async throws {
        let folder = Folder()
        let store = try FolderStore(folder.path)
        let keys = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<40 { group.addTask { try await store.put(["object ", "\(number % 10)"]).key } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(keys.count == 10)
        #expect(folder.files.count == 10)
        for key in keys { #expect(try await store.text(key, 0..<100).hasPrefix("object ")) }
    }
}
