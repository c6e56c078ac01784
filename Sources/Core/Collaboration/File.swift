package import Documents
internal import Metadata
internal import Pictures
internal import Storage
internal import Values

/// A file, or a folder of files. What it holds lies in the object store under its `content_hash`.
struct File: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "File", module: "Core", naming: .controller, .untracked, title: "file_name", search: ["file_name"],
        sort: ("creation", true),
        permissions: [
            .manage("System Manager"), Permission("All", [.read, .select, .create, .write, .delete], ifOwner: true),
        ], indexes: [["attached_to_doctype", "attached_to_name"], ["file_url"], ["content_hash"]],
        summary: "A file, or a folder of files.")

    let fileName = Data(.inListView)
    let isPrivate = Check(.fallback(1), .inStandardFilter)
    let fileType = Data(.readOnly, .inListView)
    let fileSize = IntField(.kind(.longInt), .readOnly, .inListView)
    let fileUrl = SmallText(.named("file_url"), .kind(.code))
    let thumbnailUrl = SmallText(.named("thumbnail_url"), .computed(FileContent.thumbnailAddress))
    let folder = Link("File", .linksToHidden, .indexed)
    let isFolder = Check(.setOnlyOnce)
    let isHomeFolder = Check(.readOnly, .hidden)
    let isAttachmentsFolder = Check(.readOnly, .hidden)
    let attachedToDoctype = Data(.inStandardFilter)
    let attachedToName = DynamicLink("attached_to_doctype", .linksToCancelled)
    let attachedToField = Data()
    let contentHash = Data(.readOnly)
    init() {}

    static func autoname(_ file: Doc<Self>, in session: Session) throws -> String {
        guard file.isFolder else { return session.newIdentifier() }
        return file.folder.isEmpty ? file.fileName : "\(file.folder)/\(file.fileName)"
    }

    static func validate(_ file: Doc<Self>, in session: Session) throws {
        try session.keepReference(of: file.document, "attached_to_doctype", "attached_to_name")
        if file.document.isNew, let reference = file.reference {
            try session.requireReference(.write, reference)
            if asksRules(file, session) { try session.requireAttachable(reference) }
        }
        if !file.isFolder {
            file.fileName = try FileName.cleaned(file.fileName)
            try FileContent.check(file.fileName)
            try keepKind(of: file)
            // Where bytes are kept here, only an upload says so: a link of one's own leads to other sites alone.
            if file.contentHash.isEmpty, !["http://", "https://"].contains(where: file.fileUrl.lowercased().hasPrefix) {
                throw Problem(
                    .badFile, "A file is uploaded, or names an address of another site", field: "file_url",
                    fix: "Use upload_file.")
            }
        } else if file.fileName.isEmpty || file.fileName.contains("/") {
            throw Problem(.invalidName, "A folder needs a name without slashes", field: "file_name")
        }
        if !file.document.isNew {
            guard file.storedUrl.isEmpty || file.storedUrl == file.fileUrl else {
                throw Problem(.frozen, "The address of a file does not change by itself", field: "file_url")
            }
            try changePrivacy(of: file, session)
        }
        // As it will be read: nothing of it is stored.
        file.thumbnailUrl = FileThumbnail.address(of: file, fitting: Thumbnail.usual) ?? ""
    }

    /// Bytes that are kept here were looked at for the ending they came with, and are served as what it says.
    private static func keepKind(of file: Doc<Self>) throws {
        let old = file.document.storedValue("file_name").text ?? ""
        guard !file.document.isNew, !file.contentHash.isEmpty, FileName.kind(old) != FileName.kind(file.fileName)
        else { return }
        throw Problem(
            .badFile, "The ending of a file does not change: it is \(FileName.parts(old).ending)", field: "file_name",
            fix: "Keep the ending, or upload the file again.")
    }

    /// The bytes stay where they are; the address says whether everybody gets them. The field that holds it follows.
    private static func changePrivacy(of file: Doc<Self>, _ session: Session) throws {
        guard !file.contentHash.isEmpty, file.isPrivate != file.storedUrl.hasPrefix("/private/") else { return }
        if let reference = file.reference { try session.requireDetachable(reference) }
        file.fileUrl = try session.freeAddress(file.fileName, file.contentHash, isPrivate: file.isPrivate)
        guard let reference = file.reference, let type = session.registry.find(reference.doctype),
            type.field(file.attachedToField) != nil,
            let holder = try session.load(type, [reference.name]).first,
            holder.text(file.attachedToField) == file.storedUrl
        else { return }
        holder.set(file.attachedToField, file.fileUrl)
        try session.saveDerived([holder])
    }

    static func afterInsert(_ file: Doc<Self>, in session: Session) throws {
        guard let reference = file.reference, asksRules(file, session) else { return }
        try session.noteAttached(file, reference)
    }

    static func onTrash(_ file: Doc<Self>, in session: Session) throws {
        if let reference = file.reference, asksRules(file, session),
            let type = session.registry.find(reference.doctype),
            try session.exists(type.name, reference.name)
        {
            try session.requireDetachable(reference)
            try session.noteRemoved(file, reference)
        }
        guard file.isFolder else { return }
        guard !file.isHomeFolder, !file.isAttachmentsFolder else {
            throw Problem(.forbidden, "The folder \(file.name) stays")
        }
    }

    /// What attaches files on the system's behalf asks and notes it by itself.
    private static func asksRules(_ file: Doc<Self>, _ session: Session) -> Bool {
        !session.isPrivileged && !file.isFolder
    }
}

extension Doc<File> {
    /// What it is attached to, if to anything.
    package var reference: Reference? { Reference(document, "attached_to_doctype", "attached_to_name") }
    /// Its address, as the database holds it.
    fileprivate var storedUrl: String { document.storedValue("file_url").text ?? "" }
}
