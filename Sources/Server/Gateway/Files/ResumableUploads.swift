internal import Documents
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ObjectStorage
internal import Tenancy
internal import Values

/// `/api/uploads`: large files in parts, by the protocol tus 1.0 (https://tus.io/protocols/resumable-upload), with creation,
/// expiration and termination. A file that has come whole is attached by `upload_file` with its id as `upload`.
struct ResumableUploads: Sendable {
    let tenant: Tenant
    let store: (any ObjectStore)?
    let configuration: GatewayConfiguration

    /// The type of the body of a part.
    static let partType = "application/offset+octet-stream"
    static let verbs = Verbs(.post)
    static let verbsOfOne = Verbs(.head, .patch, .delete)

    /// Begins an upload.
    ///
    /// - Throws: ``Problem``: ``Problem/Kind/mandatory``, ``Problem/Kind/tooLarge``, ``Problem/Kind/otherProtocol``.
    func begin(_ request: Incoming, as actor: Actor) async throws -> Reply {
        try requireProtocol(request)
        guard store != nil else {
            throw Problem(.unavailable, "This server keeps no files", fix: "Start it with a directory for them.")
        }
        guard let text = request.header("Upload-Length"), let length = Int64(text), length >= 0 else {
            throw Problem(
                .mandatory, "Upload-Length is missing or no number of bytes", field: "Upload-Length",
                fix: "Send the length of the whole file.")
        }
        guard length <= configuration.uploadBytes else {
            throw Problem(
                .tooLarge, "The file is larger than \(configuration.uploadBytes) bytes", field: "Upload-Length",
                fix: "Send a smaller one.")
        }
        let name = try Self.metadata(request.header("Upload-Metadata") ?? "")["filename"] ?? ""
        let upload = try await tenant.write(as: actor) { session in
            guard !actor.isGuest else { throw Problem(.forbidden, "Nobody is signed in", fix: "Sign in first.") }
            return try ResumableUpload.begin(name, length: length, in: session)
        }
        var reply = Reply(status: 201, content: .none, headers: headers(of: upload))
        reply.headers.append((.location, "/api/uploads/\(upload.id)"))
        return reply
    }

    /// Where an upload is; takes another part of it; forgets it.
    ///
    /// - Throws: ``Problem``: ``Problem/Kind/notFound``, ``Problem/Kind/otherOffset``, ``Problem/Kind/mediaType``.
    func answer(_ id: String, _ request: Incoming, as actor: Actor) async throws -> Reply {
        try requireProtocol(request)
        switch request.verb {
        case .patch: return try await append(to: id, request, actor)
        case .delete:
            try await tenant.write(as: actor) { try ResumableUpload.end(id, in: $0) }
            return Reply(status: 204, content: .none, headers: [Self.version])
        default:
            let upload = try await tenant.read(as: actor) { try ResumableUpload.find(id, in: $0) }
            return Reply(content: .none, headers: headers(of: upload))
        }
    }

    private func append(to id: String, _ request: Incoming, _ actor: Actor) async throws -> Reply {
        guard let raw = request.arriving else {
            throw Problem(
                .mediaType, "A part of an upload is of the type \(Self.partType)", field: "Content-Type",
                fix: "Send it so.")
        }
        guard let text = request.header("Upload-Offset"), let offset = Int64(text), offset >= 0 else {
            throw Problem(
                .mandatory, "Upload-Offset is missing or no number of bytes", field: "Upload-Offset",
                fix: "Send where the part begins.")
        }
        let upload = try await tenant.read(as: actor) { try ResumableUpload.find(id, in: $0) }
        guard upload.offset == offset else { throw ResumableUpload.other(upload.offset) }
        guard let store else { throw Problem(.unavailable, "This server keeps no files") }
        let writer = try await store.writer(limit: upload.length - offset)
        var broken: (any Error)?
        var count = 0
        do {
            try await Incoming.forEachPiece(of: raw) { buffer in
                try await writer.append(Array(buffer.readableBytesView))
                count += buffer.readableBytes
            }
        } catch let error as ObjectStorageError {
            await writer.abandon()
            throw error
        } catch {
            // What has come before the connection was lost is kept.
            broken = error
        }
        guard count > 0 else {
            await writer.abandon()
            if let broken { throw broken }
            return Reply(status: 204, content: .none, headers: headers(of: upload))
        }
        let part = try await writer.finish()
        let now = try await tenant.write(as: actor) { try ResumableUpload.add(part, to: id, at: offset, in: $0) }
        if let broken { throw broken }
        return Reply(status: 204, content: .none, headers: headers(of: now))
    }

    /// The file of an upload that has come whole, put together in the store.
    ///
    /// - Throws: ``Problem/Kind/notFound``, ``Problem/Kind/otherOffset`` where bytes are missing; ``ObjectStorageError``.
    func file(_ id: String, as actor: Actor) async throws -> (file: StoredObject, name: String) {
        let upload = try await tenant.read(as: actor) { try ResumableUpload.find(id, in: $0) }
        guard upload.offset == upload.length else { throw ResumableUpload.other(upload.offset) }
        guard let store else { throw Problem(.unavailable, "This server keeps no files") }
        let writer = try await store.writer(limit: upload.length)
        do {
            for part in upload.parts {
                let reader = try await store.reader(of: part.key)
                var at: Int64 = 0
                while at < part.size {
                    let bytes = try await reader.read(at: at, count: Int(clamping: part.size - at))
                    guard !bytes.isEmpty else { throw ObjectStorageError.notFound }
                    try await writer.append(bytes)
                    at += Int64(bytes.count)
                }
            }
            return (try await writer.finish(), upload.fileName)
        } catch {
            await writer.abandon()
            throw error
        }
    }

    // MARK: Headers

    /// What OPTIONS answers besides `Allow`.
    var abilities: [(HTTPField.Name, String)] {
        [
            Self.version, Self.named("Tus-Version", "1.0.0"),
            Self.named("Tus-Extension", "creation,expiration,termination"),
            Self.named("Tus-Max-Size", String(configuration.uploadBytes)),
        ].map { $0 }
    }

    private static let version = named("Tus-Resumable", "1.0.0")

    private static func named(_ name: String, _ value: String) -> (HTTPField.Name, String) {
        (HTTPField.Name(name) ?? .eTag, value)
    }

    private func headers(of upload: ResumableUpload) -> [(HTTPField.Name, String)] {
        [
            Self.version, Self.named("Upload-Offset", String(upload.offset)),
            Self.named("Upload-Length", String(upload.length)), Self.named("Upload-Expires", upload.expires.httpDate),
            (.cacheControl, "no-store"),
        ]
    }

    private func requireProtocol(_ request: Incoming) throws {
        guard let asked = request.header("Tus-Resumable"), asked != "1.0.0" else { return }
        throw Problem(
            .otherProtocol, "Version \(asked.prefix(20)) of tus is not spoken here", field: "Tus-Resumable",
            fix: "Use 1.0.0.")
    }

    /// The words of `Upload-Metadata`: a name, a space and base 64, separated by commas.
    static func metadata(_ header: String) throws -> [String: String] {
        var found: [String: String] = [:]
        for part in header.split(separator: ",") {
            let words = part.split(separator: " ")
            guard let name = words.first, words.count <= 2 else { throw unreadable }
            guard words.count == 2 else {
                found[String(name)] = ""
                continue
            }
            guard let bytes = Data(base64Encoded: String(words[1])) else { throw unreadable }
            found[String(name)] = String(decoding: bytes, as: UTF8.self)
        }
        return found
    }

    private static let unreadable = Problem(
        .malformed, "Upload-Metadata cannot be read", field: "Upload-Metadata",
        fix: "Send names with values in base 64, separated by commas.")
}

extension Incoming {
    /// A header by its name.
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

extension Timestamp {
    /// The moment as HTTP writes it (RFC 9110 section 5.6.7).
    var httpDate: String {
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = description
        let parts = text.prefix(10).split(separator: "-")
        guard parts.count == 3, let month = Int(parts[1]), months.indices.contains(month - 1) else { return text }
        return
            "\(days[day.weekday - 1]), \(parts[2]) \(months[month - 1]) \(parts[0]) \(text.dropFirst(11).prefix(8)) GMT"
    }
}

extension Problem.Kind {
    /// A version of the upload protocol that is not spoken.
    static let otherProtocol = Self("protocol_not_spoken", status: 412)
}
