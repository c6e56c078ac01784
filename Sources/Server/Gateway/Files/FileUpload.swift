internal import Collaboration
internal import Documents
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ObjectStorage
internal import Tenancy
internal import Values

/// `upload_file`: files that come as forms, streamed to the object store while they arrive.
struct FileUpload: Sendable {
    let tenant: Tenant
    let store: (any ObjectStore)?
    let configuration: GatewayConfiguration
    let resumable: ResumableUploads

    /// The method by all its names.
    static let description = MethodDescription(
        name: "upload_file", summary: "Takes a file, and attaches it to a document.",
        parameters: [
            .optional("file_name", "The name it gets; else that of the file in the form."),
            .optional("doctype", "The DocType of the document it is attached to."),
            .optional("docname", "The document."), .optional("fieldname", "The field of the document that it is in."),
            .optional("docfield", "The same; the field is set to the file's address."),
            .optional("folder", "The folder it is in."),
            .optional("is_private", "0 for a file that everybody may get."),
            .optional("file_url", "Instead of a file: the address of one."),
            .optional("library_file_name", "Instead of a file: the name of a File that is there."),
            .optional("upload", "Instead of a file: the id of an upload in parts that has come whole."),
            .optional("filedata", "Instead of a file: its text."),
            .optional("filename", "The name of the file whose text is sent."),
            .optional("decode_base64", "1 where the text is base 64."),
        ], verbs: .changing,
        answer: .message, streamed: [Incoming.multipart], keepsAnswers: true,
        aliases: ["frappe.handler.upload_file", "frappe.client.attach_file"])
    private static let fieldBytes = 64 << 10

    /// Takes the file of a form, or one that the arguments name, or hold as text.
    ///
    /// - Throws: ``Problem``: ``Problem/Kind/tooLarge``, ``Problem/Kind/slowRequest``, ``Problem/Kind/malformed``, and what
    ///   ``Session/attach(_:)`` throws; ``ObjectStorageError``.
    func take(_ request: Incoming, as actor: Actor) async throws -> Reply {
        var form = Form(arguments: request.arguments)
        do {
            if let raw = request.arriving { try await read(raw, &form) } else { try await readText(&form) }
            try Self.description.requireEarnest(form.arguments)
            if form.file == nil, let id = form.arguments.text("upload") {
                (form.file, form.fileName) = try await resumable.file(id, as: actor)
            }
            return try await finish(form, request, as: actor)
        } catch {
            await form.writer?.abandon()
            throw error
        }
    }

    /// Reads a form as it arrives. What it says counts before what the address says.
    private func read(_ request: Request, _ form: inout Form) async throws {
        let boundary = request.head.headerFields[.contentType].flatMap { FormBody.parameter("boundary", of: $0) }
        var reader = try MultipartReader(boundary: boundary ?? "")
        try await Incoming.forEachPiece(of: request) { buffer in
            for event in try reader.feed(buffer.readableBytesView) { try await take(event, &form) }
        }
        guard reader.isDone else { throw MultipartReader.broken }
    }

    /// Takes the text of a file among the arguments, if there is one.
    private func readText(_ form: inout Form) async throws {
        guard let data = form.arguments.text("filedata") else { return }
        let isCoded = form.arguments.flag("decode_base64") ?? false
        guard let bytes = isCoded ? Foundation.Data(base64Encoded: data).map(Array.init) : Array(data.utf8) else {
            throw Problem(.malformed, "filedata is not base 64", field: "filedata")
        }
        let writer = try await writer()
        form.writer = writer
        try await writer.append(bytes)
        form.file = try await writer.finish()
        form.fileName = form.arguments.text("filename") ?? ""
    }

    /// What has come of a form so far.
    private struct Form {
        var arguments: Arguments
        var writer: (any ObjectWriter)?
        var file: StoredObject?
        var fileName = ""
        var field: (name: String, bytes: [UInt8])?
    }

    private func take(_ event: MultipartReader.Event, _ form: inout Form) async throws {
        switch event {
        case .part(_, let fileName?):
            guard form.writer == nil else { throw Problem(.malformed, "One file at a time", field: "file") }
            if fileName.utf8.contains(0) { throw Problem.nul(in: "filename") }
            form.fileName = fileName
            form.writer = try await writer()
        case .part(let name, nil): form.field = (name, [])
        case .bytes(let bytes):
            guard let field = form.field else {
                try await form.writer?.append(bytes)
                return
            }
            guard field.bytes.count + bytes.count <= Self.fieldBytes else {
                throw Problem(.tooLarge, "\(field.name) is larger than \(Self.fieldBytes) bytes", field: field.name)
            }
            form.field?.bytes += bytes
        case .endOfPart:
            if let field = form.field {
                if field.bytes.contains(0) || field.name.utf8.contains(0) { throw Problem.nul(in: field.name) }
                form.arguments.values[field.name] = .string(String(decoding: field.bytes, as: UTF8.self))
                form.field = nil
            } else {
                form.file = try await form.writer?.finish()
            }
        case .end: return
        }
    }

    private func finish(_ form: Form, _ request: Incoming, as actor: Actor) async throws -> Reply {
        let arguments = form.arguments
        let (file, name) = (form.file, arguments.text("file_name") ?? form.fileName)
        let isStrict = try arguments.isStrict
        let repeatable = try RepeatableRequest(
            request, arguments, file: file?.key ?? "", isRehearsal: false, by: actor)
        return try await tenant.writingAnswer(
            to: repeatable, in: request.version, as: actor, strict: isStrict
        ) { session in
            let doctype = arguments.text("doctype")
            var reference: (doctype: String, name: String)?
            if let doctype, let name = arguments.text("docname"), try !Self.isUnsaved(name, doctype, session) {
                reference = (doctype, try session.name(name, of: doctype))
            }
            let field = arguments.text("fieldname") ?? arguments.text("docfield") ?? ""
            let folder = arguments.text("folder") ?? ""
            let document: Document
            if let file {
                var upload = Upload(fileName: name, size: file.size, hash: file.key, head: file.head)
                upload.isPrivate = arguments.flag("is_private") ?? true
                upload.reference = reference
                upload.field = field
                upload.folder = folder
                document = try session.attach(upload)
            } else if let library = arguments.text("library_file_name") {
                let url = try session.get("File", library).text("file_url")
                document = try session.attach(existing: url, to: reference, field: field, folder: folder)
            } else if let url = arguments.text("file_url") {
                document = try Self.link(url, name, reference, field, folder, session)
            } else {
                throw Problem(.mandatory, "There is no file", field: "file", fix: "Send file, or file_url.")
            }
            if let reference, arguments.text("docfield") != nil {
                let holder = try session.get(reference.doctype, reference.name)
                try session.apply([field: .string(document.text("file_url"))], to: holder)
                try session.save(holder)
            }
            if let id = arguments.text("upload") { try ResumableUpload.end(id, in: session) }
            try session.passOver(arguments: arguments.stray, of: "upload_file")
            return request.version.answer(session.present(document))
        }
    }

    /// A document that has not been saved has a name of the client's making: `new-sales-invoice-` and more.
    private static func isUnsaved(_ name: String, _ doctype: String, _ session: Session) throws -> Bool {
        let prefix = "new-\(doctype.lowercased().replacing(" ", with: "-"))-"
        return try name.hasPrefix(prefix) && !session.exists(doctype, name)
    }

    /// A file that is kept here already, or one of another site.
    private static func link(
        _ url: String, _ name: String, _ reference: (doctype: String, name: String)?, _ field: String,
        _ folder: String, _ session: Session
    ) throws -> Document {
        if url.hasPrefix("/files/") || url.hasPrefix("/private/files/") {
            return try session.attach(existing: url, to: reference, field: field, folder: folder)
        }
        let last = url.split(separator: "/").last.map(String.init) ?? "link"
        var object: JSONObject = ["file_url": .string(url), "file_name": .string(name.isEmpty ? last : name)]
        object["attached_to_doctype"] = reference.map { .string($0.doctype) }
        object["attached_to_name"] = reference.map { .string($0.name) }
        if !field.isEmpty { object["attached_to_field"] = .string(field) }
        let file = try session.document("File", from: object)
        try session.insert(file)
        return file
    }

    private func writer() async throws -> any ObjectWriter {
        guard let store else {
            throw Problem(.unavailable, "This server keeps no files", fix: "Start it with a directory for them.")
        }
        return try await store.writer(limit: Int64(configuration.fileBytes))
    }

    /// Looks whether the store takes files: writes a little and throws it away.
    ///
    /// - Throws: ``Problem``.
    static func look(_ store: any ObjectStore, limit: Int) async throws {
        do {
            let writer = try await store.writer(limit: 1 << 20)
            do {
                try await writer.append([UInt8](repeating: 0, count: 64 << 10))
            } catch {
                await writer.abandon()
                throw error
            }
            await writer.abandon()
        } catch let error as ObjectStorageError {
            throw Problem(error, limit: limit)
        }
    }
}

extension Problem {
    /// What a failure of the store means to who sends or asks for a file of at most `limit` bytes.
    init(_ error: ObjectStorageError, limit: Int) {
        switch error {
        case .tooLarge:
            self.init(.tooLarge, "The file is larger than \(limit) bytes", fix: "Send a smaller one.")
        case .notFound, .badKey: self.init(.notFound, "The file is gone")
        case .diskFull:
            self.init(
                .diskFull, "The disk for files is full; nothing was written", fix: "Free some space, and try again.")
        case .ended, .failed: self.init(.unavailable, "The file could not be kept")
        }
    }
}
