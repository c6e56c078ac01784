internal import Documents
internal import Foundation
internal import Synchronization
internal import Tenancy
internal import Values

/// Bytes of an answer that wait for their client in a file. Nobody else can open it, and it is gone with the process.
final class AnswerSpool: Sendable {
    /// How many bytes wait, of each company.
    private static let waiting = Mutex<[ObjectIdentifier: Int]>([:])
    private let owner: ObjectIdentifier
    private let descriptor: CInt
    private let length = Atomic<Int>(0)
    private let booked = Atomic<Int>(0)

    private init(_ descriptor: CInt, _ owner: ObjectIdentifier) { (self.descriptor, self.owner) = (descriptor, owner) }

    /// A file for an answer of a company that holds nothing yet.
    ///
    /// - Throws: ``Problem/Kind/diskFull``, ``Problem/Kind/unavailable``.
    static func make(for tenant: Tenant) throws -> AnswerSpool {
        var path = Array((NSTemporaryDirectory() + "/cauldron-answer-XXXXXX").utf8CString)
        let descriptor: CInt = unsafe path.withUnsafeMutableBufferPointer { path in
            guard let base = path.baseAddress else { return -1 }
            let descriptor = unsafe mkstemp(base)
            guard descriptor >= 0 else { return -1 }
            unsafe unlink(base)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return descriptor
        }
        guard descriptor >= 0 else { throw failed("make") }
        return AnswerSpool(descriptor, ObjectIdentifier(tenant))
    }

    deinit {
        close(descriptor)
        let bytes = booked.load(ordering: .relaxed)
        Self.waiting.withLock { waiting in
            waiting[owner, default: 0] -= bytes
            if waiting[owner] == 0 { waiting[owner] = nil }
        }
    }

    /// Counts bytes of a company. It has at most as many as are free, so that there is room for another's however many it has.
    private static func book(_ bytes: Int, for owner: ObjectIdentifier) -> Bool {
        waiting.withLock { waiting in
            let all = waiting.values.reduce(0, +)
            guard waiting[owner, default: 0] <= Limits.waitingAnswersBytes - all else { return false }
            waiting[owner, default: 0] += bytes
            return true
        }
    }

    /// Adds bytes and says where they are. One thread adds.
    ///
    /// - Throws: ``Problem/Kind/tooLarge`` beyond the limits; ``Problem/Kind/diskFull``, ``Problem/Kind/unavailable``.
    func append(_ bytes: [UInt8]) throws -> Range<Int> {
        let start = length.load(ordering: .relaxed)
        guard start <= Limits.waitingAnswerBytes, Self.book(bytes.count, for: owner) else {
            throw Problem(
                .tooLarge, "The answer waits for its client with more bytes than are kept", fix: "Ask for it in pages.")
        }
        booked.wrappingAdd(bytes.count, ordering: .relaxed)
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                unsafe pwrite(
                    descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(start + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failed("write to") }
            done += count
        }
        length.wrappingAdd(done, ordering: .relaxed)
        return start..<start + done
    }

    /// The bytes at a place that ``append(_:)`` gave.
    ///
    /// - Throws: ``Problem/Kind/unavailable``.
    func read(_ range: Range<Int>) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { bytes in
                unsafe pread(
                    descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done,
                    off_t(range.lowerBound + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failed("read") }
            done += count
        }
        return bytes
    }

    private static func failed(_ verb: String) -> Problem {
        let code = errno
        let why = unsafe String(cString: strerror(code))
        return Problem(
            code == ENOSPC ? .diskFull : .unavailable, "The server could not \(verb) a temporary file: \(why)",
            fix: "See that there is room in \(NSTemporaryDirectory()).")
    }
}

extension Limits {
    /// The most bytes of one answer that wait in a file for a client that reads more slowly than the database.
    static let waitingAnswerBytes = 1 << 30
    /// The most bytes of all such answers together.
    static let waitingAnswersBytes = 4 << 30
}
