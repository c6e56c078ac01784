internal import Collaboration
internal import Documents
internal import Logging
internal import Metadata
internal import ObjectStorage
internal import Pictures
internal import Storage
internal import Tenancy
internal import Values

/// The small pictures of a company's files. They are made when they are first asked for, and kept beside the files by the hash of
/// what these hold; so is, that one cannot be made.
///
/// Who asks must have been let to the file before: see ``FileDownload``.
struct Thumbnails: Sendable {
    let tenant: Tenant
    let store: (any ObjectStore)?
    let thumbnailer: Thumbnailer?
    private let logger = Logger(label: "cauldron.thumbnails")

    init(_ tenant: Tenant, _ configuration: GatewayConfiguration) {
        (self.tenant, store, thumbnailer) = (tenant, configuration.objects, configuration.thumbnailer)
    }

    /// The side that an argument asks for.
    ///
    /// - Throws: ``Problem/Kind/notAnOption``.
    static func side(_ text: String) throws -> Int {
        guard let side = Thumbnail.sizes.first(where: { String($0) == text }) else {
            throw Problem.noThumbnailSize(text, field: "thumbnail")
        }
        return side
    }

    /// What tells a thumbnail from others and from those that were made otherwise before.
    static func name(of side: Int) -> String { "\(side)-\(Thumbnail.version)" }

    /// A file's picture in a square of `side` pixels, as JPEG or PNG.
    ///
    /// - Throws: ``Problem/Kind/noThumbnail`` for what is no picture or cannot be made small, ``Problem/Kind/unavailable``,
    ///   ``Problem/Kind/overloaded``; ``ObjectStorageError``.
    func picture(of file: StoredFile, fitting side: Int) async throws -> [UInt8] {
        guard FileContent.isPicture(file.fileName) else { throw Self.refusal(.notAPicture, file) }
        guard file.size <= Int64(Thumbnail.sourceBytes) else { throw Self.refusal(.tooManyBytes, file) }
        guard let store else { throw Problem(.notFound, "The file \(file.fileName) is gone") }
        if let kept = try await kept(file, side, store) { return try Self.bytes(kept, file) }
        guard let thumbnailer else {
            throw Problem(
                .unavailable, "This server makes no pictures small", fix: "Start it with the program for them.")
        }
        do {
            return try await thumbnailer.turns.pass(by: ObjectIdentifier(tenant)) {
                // Others may have asked for the same before.
                if let kept = try await kept(file, side, store) { return try Self.bytes(kept, file) }
                let outcome = try await thumbnailer.make(store.reader(of: file.hash), fitting: side)
                await keep(outcome, file, side, store)
                return try Self.bytes(outcome, file)
            }
        } catch is FairTurns<ObjectIdentifier>.Full {
            throw Problem(.overloaded, "Too many pictures wait to be made small", fix: "Ask again later.")
        }
    }

    // MARK: What is kept

    /// A refusal is kept as this byte and its number; no picture begins so.
    private static let refused: UInt8 = 0x21

    private func kept(_ file: StoredFile, _ side: Int, _ store: any ObjectStore) async throws -> Thumbnailer.Outcome? {
        guard let bytes = try await store.derived(Self.name(of: side), of: file.hash), let first = bytes.first else {
            return nil
        }
        guard first == Self.refused else { return .made(bytes) }
        return bytes.last.flatMap { ThumbnailRefusal(rawValue: Int32($0)) }.map(Thumbnailer.Outcome.refused)
    }

    /// Keeps what came of a picture. Where it cannot be kept, it is made again the next time.
    private func keep(
        _ outcome: Thumbnailer.Outcome, _ file: StoredFile, _ side: Int, _ store: any ObjectStore
    ) async {
        let bytes: [UInt8] =
            switch outcome {
            case .made(let bytes): bytes
            case .refused(let refusal): [Self.refused, UInt8(truncatingIfNeeded: refusal.rawValue)]
            }
        do {
            try await store.keep(bytes, as: Self.name(of: side), of: file.hash)
        } catch {
            logger.warning("a thumbnail was not kept", metadata: ["file": "\(file.hash)", "error": "\(error)"])
        }
    }

    // MARK: Refusals

    private static func bytes(_ outcome: Thumbnailer.Outcome, _ file: StoredFile) throws -> [UInt8] {
        switch outcome {
        case .made(let bytes): return bytes
        case .refused(let refusal): throw self.refusal(refusal, file)
        }
    }

    private static func refusal(_ refusal: ThumbnailRefusal, _ file: StoredFile) -> Problem {
        let name = file.fileName
        let why: ProblemText =
            switch refusal {
            case .notAPicture: "\(name) is no picture of a kind that is made small"
            case .tooManyPixels: "\(name) has more than \(Thumbnail.pixels / 1_000_000) million pixels"
            case .tooManyBytes: "\(name) is larger than \(Thumbnail.sourceBytes >> 20) MB"
            case .unreadable: "\(name) cannot be read as a picture"
            case .tooMuchWork: "\(name) takes too long to be read as a picture"
            }
        return Problem(.noThumbnail, why, field: "thumbnail", fix: "Ask for the file itself.")
    }
}
