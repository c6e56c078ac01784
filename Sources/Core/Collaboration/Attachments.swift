public import Documents
internal import Metadata
internal import Storage
public import Values

/// A file whose bytes are in the object store, and what is to be known of it.
public struct Upload: Sendable {
    /// What it is called; cleaned before it is kept.
    public var fileName: String
    /// How many bytes it has.
    public var size: Int64
    /// The SHA-256 of its bytes in hexadecimal, by which the object store knows it.
    public var hash: String
    /// Its first bytes, at most ``FileContent/headBytes``.
    public var head: [UInt8]
    /// Whether only those see it who may read what it is attached to; a public one is for everybody who has its address.
    public var isPrivate = true
    /// The document it is attached to, if to any.
    public var reference: (doctype: String, name: String)?
    /// The field of the document it belongs to.
    public var field = ""
    /// The folder; "" for the usual one.
    public var folder = ""

    /// A file of these bytes, private and attached to nothing.
    public init(fileName: String, size: Int64, hash: String, head: [UInt8]) {
        self.fileName = fileName
        self.size = size
        self.hash = hash
        self.head = head
    }
}

/// A file as it is served.
public struct StoredFile: Sendable, Equatable {
    /// What it is called.
    public let fileName: String
    /// By what the object store knows its bytes.
    public let hash: String
    /// How many they are.
    public let size: Int64
    /// Whether only some may see it.
    public let isPrivate: Bool
}

extension Session {
    /// Keeps a file that was uploaded, attached to a document the actor may write or to none.
    ///
    /// The same name with other content gets a piece of its hash; the same content under the same name has the same address.
    ///
    /// - Returns: its File document.
    /// - Throws: ``Problem/Kind/badFile``, ``Problem/Kind/tooManyFiles``, ``Problem/Kind/forbidden``.
    @discardableResult
    public func attach(_ upload: Upload) throws -> Document {
        guard !actor.isGuest else { throw Problem(.forbidden, "Nobody is signed in", fix: "Sign in first.") }
        let fileName = try FileName.cleaned(upload.fileName)
        try FileContent.check(fileName, head: upload.head)
        try requireRoom(forFile: upload.hash, of: upload.size)
        let file = try new(File.self)
        if let reference = upload.reference {
            try requireAttachable(Reference(reference.doctype, reference.name))
            file.attachedToDoctype = reference.doctype
            file.attachedToName = reference.name
            file.attachedToField = upload.field
        }
        file.fileName = fileName
        file.isPrivate = upload.isPrivate
        file.fileType = FileName.kind(fileName).uppercased()
        file.fileSize = Int(upload.size)
        file.contentHash = upload.hash
        file.fileUrl = try freeAddress(fileName, upload.hash, isPrivate: upload.isPrivate)
        file.folder = try folder(upload)
        try privileged { try insert(file) }
        if let reference = upload.reference {
            try noteAttached(file, Reference(reference.doctype, reference.name))
        }
        return file.document
    }

    /// Refuses a file of so many bytes where it does not fit in the quota of the company. The same bytes count once: `hash` is
    /// the SHA-256 of these, where they are known.
    ///
    /// - Throws: ``Problem/Kind/quotaExceeded``.
    public func requireRoom(forFile hash: String = "", of size: Int64) throws {
        let settings = try privileged { try get("System Settings", "System Settings") }
        let quota = settings.exact("file_storage_quota")
        guard quota.isPositive else { return }
        let used = try transaction.first(
            """
            SELECT COALESCE(SUM(size), 0), COALESCE(MAX(own), 0) FROM (SELECT MAX(file_size) AS size,
            MAX(CASE WHEN content_hash = ? THEN 1 ELSE 0 END) AS own FROM file WHERE content_hash IS NOT NULL
            GROUP BY content_hash) held
            """, [.text(hash)], [.integer, .integer])
        guard used?[1].int != 1 else { return }
        let bytes = Exact(used?[0].int ?? 0) + Exact(size)
        guard bytes > quota * 1_048_576 else { return }
        throw Problem(
            .quotaExceeded, "The files of the company would be more than \(quota) megabytes",
            fix: "Delete some, or raise File Storage Quota in System Settings.")
    }

    /// Attaches a file that is there already to another document; the bytes are kept once.
    public func attach(
        existing url: String, to reference: (doctype: String, name: String)?, field: String = "", folder: String = ""
    ) throws -> Document {
        let known = try storedFile(at: url)
        var upload = Upload(fileName: known.fileName, size: known.size, hash: known.hash, head: [])
        upload.isPrivate = known.isPrivate
        upload.reference = reference
        upload.field = field
        upload.folder = folder
        return try attach(upload)
    }

    /// The file at an address such as `/private/files/x.pdf`, if the actor may see it: a public one always; a private one
    /// who uploaded it and who may read a document it is attached to.
    ///
    /// - Throws: ``Problem/Kind/notFound``, also where there is one that the actor may not see.
    public func storedFile(at url: String) throws -> StoredFile {
        let type = try registry.doctype(File.doctype.name)
        let names = try transaction.query(
            "SELECT name FROM file WHERE file_url = ? AND content_hash IS NOT NULL ORDER BY name LIMIT ?",
            [.text(url), .int(Int64(Limits.filterValues))], [.text]
        ).compactMap { $0[0].text }
        let files = try load(type, names).map { Doc<File>($0) }
        guard let file = try files.first(where: { url.hasPrefix("/files/") || isOwn($0) }) ?? attached(files) else {
            throw Self.notFound(type.name, url)
        }
        return StoredFile(
            fileName: file.fileName, hash: file.contentHash, size: Int64(file.fileSize), isPrivate: file.isPrivate)
    }

    /// Whether the actor sees a file whatever it is attached to.
    private func isOwn(_ file: Doc<File>) -> Bool {
        if isPrivileged { return true }
        // A key sees files without a document's leave only where its scopes hold files themselves.
        guard isInScope(.read, file.document.doctype) else { return false }
        return actor.isAdministrator || file.document.owner == actor.user
    }

    /// The first file that is attached to a document the actor may read. Documents are read once for each DocType.
    private func attached(_ files: [Doc<File>]) throws -> Doc<File>? {
        var names: [String: Set<Name>] = [:]
        for reference in files.compactMap(\.reference) { names[reference.doctype, default: []].insert(reference.name) }
        var readable: [Reference: Document] = [:]
        for (doctype, names) in names.sorted(by: { $0.key < $1.key }) {
            guard let type = registry.find(doctype) else { continue }
            let documents = try load(type, names.sorted())
            for (document, decision) in zip(documents, try decisions(.read, type, documents)) where decision.isAllowed {
                readable[Reference(doctype, document.name)] = document
            }
        }
        return files.first { file in
            file.reference.flatMap { readable[$0] }.map { shows(file.attachedToField, of: $0) } ?? false
        }
    }

    /// The files of a document the actor may read, oldest first.
    public func attachments(_ doctype: String, _ name: String) throws -> [JSON] {
        let document = try get(doctype, name)
        let name = document.name
        return try transaction.query(
            """
            SELECT name, file_name, file_url, is_private, file_size, attached_to_field, owner,
            \(FileContent.thumbnailAddress) FROM file
            WHERE attached_to_doctype = ? AND attached_to_name = ? ORDER BY name
            """, [.text(doctype), .text(name)], [.text, .text, .text, .integer, .integer, .text, .text, .text]
        ).filter { shows($0[5].text ?? "", of: document) || $0[6].text == actor.user }.map { row in
            [
                "name": JSON(row[0]), "file_name": JSON(row[1]), "file_url": JSON(row[2]), "is_private": JSON(row[3]),
                "file_size": JSON(row[4]), "thumbnail_url": JSON(row[7]),
            ]
        }
    }

    /// Takes a file away. Needs the right to write the document it is attached to, or to have uploaded it.
    public func removeFile(_ name: String) throws {
        let file = try privileged { try get(File.self, name) }
        let reference = file.reference
        if let reference {
            try requireDetachable(reference)
        } else if file.document.owner != actor.user {
            try require(.delete, file.document.doctype, file.document)
        }
        try privileged { try delete(File.doctype.name, name) }
        if let reference { try noteRemoved(file, reference) }
    }

    /// The hashes of every file that is there or could come back from a deletion: what an object store must keep.
    public func usedFileHashes() throws -> Set<String> {
        var used: Set<String> = []
        try transaction.forEach("SELECT DISTINCT content_hash FROM file WHERE content_hash IS NOT NULL", [], [.text]) {
            used.insert($0[0].text ?? "")
        }
        try transaction.forEach(
            """
            SELECT data, companions FROM deleted_document
            WHERE restored = 0 AND (deleted_doctype = 'File' OR companions IS NOT NULL)
            """, [], [.text, .text]
        ) { row in
            for value in row {
                guard case .text(let text) = value else { continue }
                // A copy that cannot be read could hold any hash; nothing is to be thrown away then.
                guard let json = try? JSON.parse(text) else {
                    throw Problem(.inconsistent, "A copy of a deleted document is damaged")
                }
                for one in json.array ?? [json] {
                    if let hash = one["content_hash"]?.string { used.insert(hash) }
                }
            }
        }
        return used
    }

    // MARK: - Inside

    /// A document that takes the place of a cancelled one has its files, too.
    func copyAttachments(_ changes: [DocumentChange]) throws {
        guard let first = changes.first, first.action == .insert else { return }
        let type = first.document.doctype
        guard type.slot(of: "amended_from") != nil else { return }
        var heirs: [Name: String] = [:]
        for document in changes.lazy.map(\.document) {
            let original = document.text("amended_from")
            if !original.isEmpty { heirs[original] = document.name }
        }
        guard !heirs.isEmpty, registry.find(File.doctype.name) != nil else { return }
        var names: [String] = []
        for chunk in heirs.names.sorted().chunks(of: Limits.filterValues) {
            let condition = transaction.dialect.isOneOf("attached_to_name", count: chunk.count)
            try transaction.forEach(
                "SELECT name FROM file WHERE \(condition) AND attached_to_doctype = ? ORDER BY name",
                chunk.map(Value.text) + [.text(type.name)], [.text]
            ) { names.append($0[0].text ?? "") }
        }
        guard !names.isEmpty else { return }
        let copies = try load(registry.doctype(File.doctype.name), names).map { file -> Document in
            let copy = file.copied()
            copy.set("attached_to_name", heirs[file.text("attached_to_name")] ?? "")
            return copy
        }
        try privileged { try insert(copies) }
    }

    /// The addresses of the files of a document that are in fields hidden from the actor.
    package func hiddenFiles(of document: Document) throws -> [String] {
        try transaction.query(
            """
            SELECT file_url, attached_to_field FROM file
            WHERE attached_to_doctype = ? AND attached_to_name = ? AND attached_to_field <> ''
            """, [.text(document.doctype.name), .text(document.name)], [.text, .text]
        ).filter { !shows($0[1].text ?? "", of: document) }.compactMap { $0[0].text }
    }

    /// Whether the actor sees what a field of a document holds, and so the file that is in it.
    package func shows(_ field: String, of document: Document) -> Bool {
        guard !field.isEmpty, !asksNoFields else { return true }
        let rights = fieldRights(of: document.doctype, isOwn: document.storedOwner == actor.user)
        return !rights.hidden.contains(field) && !rights.masked.contains(field)
    }

    /// The folder a file goes to; the usual ones come to be when they are needed.
    private func folder(_ upload: Upload) throws -> String {
        let usual = upload.reference == nil ? "Home" : "Home/Attachments"
        let wanted = upload.folder.isEmpty ? usual : upload.folder
        if try exists(File.doctype.name, wanted) { return wanted }
        guard wanted == "Home" || wanted == "Home/Attachments" else {
            throw Problem(.brokenLink, "There is no folder \(wanted)", field: "folder")
        }
        try privileged {
            for (name, parent) in [("Home", ""), ("Attachments", "Home")] {
                let path = parent.isEmpty ? name : "\(parent)/\(name)"
                if try exists(File.doctype.name, path) { continue }
                let folder = try new(File.self)
                folder.fileName = name
                folder.folder = parent
                folder.isFolder = true
                folder.isHomeFolder = parent.isEmpty
                folder.isAttachmentsFolder = !parent.isEmpty
                try insert(folder)
            }
        }
        return wanted
    }
}

extension Problem.Kind {
    /// A file that does not fit in the company's quota.
    public static let quotaExceeded = Self("storage_quota_exceeded", status: 413)
}
