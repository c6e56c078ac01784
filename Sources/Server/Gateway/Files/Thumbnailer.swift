internal import Documents
internal import Foundation
internal import ObjectStorage
internal import Pictures
internal import Storage
internal import Values

/// Makes pictures small, each in a process of its own that may not do much and not for long: what decodes pictures is C, and
/// who sends them may be anybody.
///
/// All companies of a server share one, so that a few pictures are made at once, whosever they are.
public final class Thumbnailer: Sendable {
    private let program: String
    /// Whose turn it is, by the company.
    let turns: FairTurns<ObjectIdentifier>
    private let work = FileWork()

    /// What came of a picture.
    enum Outcome: Sendable, Equatable {
        case made([UInt8])
        case refused(ThumbnailRefusal)
    }

    /// One that starts the program at a path, `atOnce` for so many pictures.
    public init(program: String, atOnce: Int = 2, waiting: Int = 100) {
        self.program = program
        turns = FairTurns(atOnce: atOnce, places: waiting)
    }

    /// The path of the program where it stands beside the one that runs.
    public static func besideThisProgram() -> String {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: own).deletingLastPathComponent().path + "/cauldron-thumbnail"
    }

    /// Makes a picture small, so that it fits into a square of `side` pixels.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when the program cannot be started, ``Problem/Kind/overloaded`` when the machine has
    ///   too much to do; ``ObjectStorageError``.
    func make(_ picture: any ObjectReader, fitting side: Int) async throws -> Outcome {
        let child: ChildProcess
        do {
            child = try await work.run { [program] in
                // A little longer than the program takes for itself.
                try ChildProcess(program, [String(side)], patience: Thumbnail.seconds + 10)
            }
        } catch let failure as ChildProcess.Failure where ![ENOENT, EACCES].contains(failure.code) {
            throw Self.notNow
        } catch {
            throw Self.missing
        }
        do {
            var at: Int64 = 0
            while true {
                let bytes = try await picture.read(at: at, count: ObjectLimits.pieceBytes)
                guard !bytes.isEmpty, await work.run({ child.send(bytes) }) else { break }
                at += Int64(bytes.count)
            }
        } catch {
            await work.run { child.abandon() }
            throw error
        }
        // How it ended is not to be known where somebody else has asked already.
        guard let (end, bytes) = await work.run({ try? child.finish(upTo: Thumbnail.bytes) }) else { throw Self.notNow }
        switch end {
        case .exited(0) where Self.isPicture(bytes): return .made(bytes)
        case .exited(let code):
            guard let refusal = ThumbnailRefusal(rawValue: code) else { throw Self.missing }
            return .refused(refusal)
        case .killed(SIGXCPU): return .refused(.tooMuchWork)
        // Nobody knows that the picture is to blame: the machine may have too much to do, or too little memory.
        case .killed(SIGKILL), .killed(SIGALRM): throw Self.notNow
        // The decoder met what it could not bear.
        case .killed: return .refused(.unreadable)
        }
    }

    /// Whether bytes are what the program makes: JPEG or PNG, and not too many.
    private static func isPicture(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= Thumbnail.bytes else { return false }
        return bytes.starts(with: [0xFF, 0xD8, 0xFF]) || bytes.starts(with: [0x89, 0x50, 0x4E, 0x47])
    }

    private static var notNow: Problem {
        Problem(.overloaded, "The picture cannot be made small now", fix: "Ask again later.")
    }

    private static var missing: Problem {
        Problem(
            .unavailable, "This server makes no pictures small",
            fix: "Put cauldron-thumbnail, which is built with cauldron, beside it, and libgd3 on the machine.")
    }
}
