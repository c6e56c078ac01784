internal import Collaboration
internal import Documents
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ObjectStorage
internal import Tenancy
internal import Values

/// `/files/…` and `/private/files/…`: files that were uploaded, whole or in part (RFC 9110 section 14).
///
/// A browser shows pictures, PDF and plain text in place. Whatever could hold a script is only downloaded, and even then
/// nothing of it may run in the site's name.
struct FileDownload: Sendable {
    let tenant: Tenant
    let store: (any ObjectStore)?
    let thumbnails: Thumbnails

    init(_ tenant: Tenant, _ configuration: GatewayConfiguration) {
        (self.tenant, store) = (tenant, configuration.objects)
        thumbnails = Thumbnails(tenant, configuration)
    }

    /// Answers a request for the file at `url`; with the argument `download` it is not shown in place, with `thumbnail` it is made
    /// small. Who may not have the file gets nothing of it.
    ///
    /// - Throws: ``Problem/Kind/notFound``, also for a file that the actor may not see; ``ObjectStorageError``; what
    ///   ``Thumbnails/picture(of:fitting:)`` throws.
    func answer(_ url: String, _ request: Incoming, as actor: Actor) async throws -> Reply {
        let file = try await tenant.read(as: actor, briefly: true) { try $0.storedFile(at: url) }
        if request.arguments.values["thumbnail"] != nil { return try await thumbnail(of: file, request) }
        guard let store, let size = try await store.size(of: file.hash) else {
            throw Problem(.notFound, "The file \(file.fileName) is gone")
        }
        let tag = "\"\(file.hash)\""
        var reply = Self.reply(file, tag)
        if Self.isKnown(tag, request) {
            reply.status = 304
            return reply
        }
        let isShown = request.arguments.values["download"] == nil && FileContent.isShown(file.fileName)
        reply.headers += [
            (.contentType, FileContent.mediaType(file.fileName)), (.acceptRanges, "bytes"),
            (.contentDisposition, Self.disposition(file.fileName, isShown: isShown)),
        ]
        let headers = request.headers
        let isSame = headers[.ifRange].map { EntityTag.names(tag, $0) } ?? true
        guard let asked = headers[.range], isSame, let range = Self.range(asked, of: size) else {
            reply.stream = try await Self.body(0..<size, store.reader(of: file.hash))
            return reply
        }
        guard !range.isEmpty else {
            reply.status = 416
            reply.headers.append((.contentRange, "bytes */\(size)"))
            return reply
        }
        reply.status = 206
        reply.headers.append((.contentRange, "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"))
        reply.stream = try await Self.body(range, store.reader(of: file.hash))
        return reply
    }

    /// The small picture of a file. What a client has is not made again to find out that it has it.
    private func thumbnail(of file: StoredFile, _ request: Incoming) async throws -> Reply {
        let side = try Thumbnails.side(request.arguments.text("thumbnail") ?? "")
        let tag = "\"\(file.hash)-\(Thumbnails.name(of: side))\""
        var reply = Self.reply(file, tag)
        if Self.isKnown(tag, request) {
            reply.status = 304
            return reply
        }
        reply.body = try await thumbnails.picture(of: file, fitting: side)
        let isJPEG = reply.body.first == 0xFF
        let name = FileName.parts(file.fileName).stem + (isJPEG ? ".jpg" : ".png")
        reply.headers += [
            (.contentType, isJPEG ? "image/jpeg" : "image/png"),
            (.contentDisposition, Self.disposition(name, isShown: request.arguments.values["download"] == nil)),
        ]
        return reply
    }

    /// An answer with what is said of a file and of what is made of it alike.
    private static func reply(_ file: StoredFile, _ tag: String) -> Reply {
        var reply = Reply(content: .none)
        reply.headers = [
            (.eTag, tag), (.xContentTypeOptions, "nosniff"), (.contentSecurityPolicy, "default-src 'none'; sandbox"),
            (.cacheControl, file.isPrivate ? "private, no-cache" : "public, max-age=3600"),
        ]
        return reply
    }

    /// Whether a client says that it has what the tag stands for. What somebody on the way has compressed still is that (RFC 9110,
    /// section 13.1.2).
    private static func isKnown(_ tag: String, _ request: Incoming) -> Bool {
        guard let header = request.headers[.ifNoneMatch] else { return false }
        return EntityTag.names(tag, header) || EntityTag.names("W/" + tag, header)
    }

    private static func body(_ range: Range<Int64>, _ reader: any ObjectReader) -> ResponseBody {
        ResponseBody(contentLength: Int(range.upperBound - range.lowerBound)) { writer in
            var at = range.lowerBound
            while at < range.upperBound {
                let bytes = try await reader.read(at: at, count: Int(clamping: range.upperBound - at))
                guard !bytes.isEmpty else { throw ObjectStorageError.notFound }
                try await writer.write(ByteBuffer(bytes: bytes))
                at += Int64(bytes.count)
            }
            try await writer.finish(nil)
        }
    }

    /// The range that a header asks for; an empty one when there is nothing of it, nil when it is to be ignored.
    static func range(_ header: String, of size: Int64) -> Range<Int64>? {
        guard header.hasPrefix("bytes="), !header.contains(",") else { return nil }
        let parts = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        if parts[0].isEmpty {
            guard let last = Int64(parts[1]), last >= 0 else { return nil }
            return last == 0 ? 0..<0 : max(0, size - last)..<size
        }
        guard let first = Int64(parts[0]), first >= 0 else { return nil }
        guard first < size else { return 0..<0 }
        if parts[1].isEmpty { return first..<size }
        guard let last = Int64(parts[1]), last >= first else { return nil }
        return first..<min(size - 1, last) + 1
    }

    /// How a browser takes the file: with its name in ASCII and, by RFC 6266, in UTF-8.
    static func disposition(_ name: String, isShown: Bool) -> String {
        let plain = String(
            name.unicodeScalars.map { scalar -> Character in
                scalar.isASCII && scalar != "\"" && scalar != "\\" && scalar.value >= 32 ? Character(scalar) : "_"
            })
        return
            "\(isShown ? "inline" : "attachment"); filename=\"\(plain)\"; filename*=UTF-8''\(PercentCoding.encode(name))"
    }
}
