/// Keeps the bytes of files, each under the SHA-256 of what it holds: the same bytes are kept once, and what is kept never
/// changes.
///
/// What a key is good for is not known here: that stands in the documents that name it. So what no document names any
/// more is taken away by ``collect(keeping:idleFor:)`` and not when a document goes.
public protocol ObjectStore: Sendable {
    /// Begins to take an object of at most `limit` bytes.
    ///
    /// - Throws: ``ObjectStorageError``.
    func writer(limit: Int64) async throws -> any ObjectWriter

    /// How many bytes an object has; nil when there is none such.
    ///
    /// - Throws: ``ObjectStorageError``.
    func size(of key: String) async throws -> Int64?

    /// Opens an object to read it. It can be read to its end, also when it is deleted meanwhile.
    ///
    /// - Throws: ``ObjectStorageError/notFound``.
    func reader(of key: String) async throws -> any ObjectReader

    /// Removes an object; one that is not there is no error.
    ///
    /// - Throws: ``ObjectStorageError``.
    func delete(_ key: String) async throws

    /// Whether the store is the owner's, by a text that no other owner has: it takes the first who asks while it is empty.
    ///
    /// - Throws: ``ObjectStorageError``.
    func belongs(to owner: String) async throws -> Bool

    /// What tells this store from every other: made with it, and the same for all who open it.
    ///
    /// - Throws: ``ObjectStorageError``.
    func identity() async throws -> String

    /// Removes every object that is not among `used` and has not been written for so many seconds, and what was begun
    /// that long ago and never finished.
    ///
    /// The time has to be longer than any request takes from writing an object to naming it in a document.
    ///
    /// - Returns: how many objects were removed.
    /// - Throws: ``ObjectStorageError``.
    @discardableResult
    func collect(keeping used: Set<String>, idleFor seconds: Int) async throws -> Int

    /// Something small that was made of an object, by its name; nil when it is not kept, or not any more.
    ///
    /// What is made of objects can be made again: it is in no backup, goes with its object, and the oldest goes when there is
    /// too much of it.
    ///
    /// - Throws: ``ObjectStorageError``.
    func derived(_ name: String, of key: String) async throws -> [UInt8]?

    /// Keeps something small that was made of an object, under a name of small letters, digits, dots and hyphens.
    ///
    /// - Throws: ``ObjectStorageError``.
    func keep(_ bytes: [UInt8], as name: String, of key: String) async throws
}

/// An object that is being read.
public protocol ObjectReader: Sendable {
    /// At most so many bytes from a place, and no more than ``ObjectLimits/pieceBytes``; none behind the end.
    ///
    /// - Throws: ``ObjectStorageError``.
    func read(at offset: Int64, count: Int) async throws -> [UInt8]
}

/// An object that is being written. Nothing of it can be read before ``finish()`` has returned, and nothing of it is left
/// when it is abandoned, or when the process ends first.
public protocol ObjectWriter: Sendable {
    /// Adds bytes.
    ///
    /// - Throws: ``ObjectStorageError/tooLarge(limit:)``; nothing can be added afterwards.
    func append(_ bytes: [UInt8]) async throws

    /// Ends the object. When this returns, it is on stable storage.
    ///
    /// - Throws: ``ObjectStorageError``; then nothing of it is left.
    func finish() async throws -> StoredObject

    /// Throws away what was written so far. Does nothing after ``finish()``.
    func abandon() async
}

/// An object that is kept.
public struct StoredObject: Sendable, Equatable {
    /// The SHA-256 of its bytes, as 64 hexadecimal digits.
    public let key: String
    /// How many bytes it has.
    public let size: Int64
    /// Its first bytes, at most ``ObjectLimits/headBytes``.
    public let head: [UInt8]
}

/// The limits of object stores.
public enum ObjectLimits {
    /// The most bytes that are read at once.
    public static let pieceBytes = 256 << 10
    /// How many of the first bytes a writer remembers.
    public static let headBytes = 512
    /// The most bytes that are kept of what was made of objects, of each store.
    public static let derivedBytes: Int64 = 64 << 20
}

/// Why an object could not be kept or read.
public enum ObjectStorageError: Error, Equatable, Sendable {
    /// The object is larger than it may be.
    case tooLarge(limit: Int64)
    /// There is no such object.
    case notFound
    /// What was given as a key, or as the name of what is made of an object, is none.
    case badKey
    /// The writer has ended already.
    case ended
    /// The disk is full.
    case diskFull
    /// The system refused something, with its error number.
    case failed(String, code: Int32)
}
