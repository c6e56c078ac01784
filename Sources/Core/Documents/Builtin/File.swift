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
    let isPrivate = Check(.inStandardFilter)
    let fileType = Data(.readOnly, .inListView)
    let fileSize = IntField(.kind(.longInt), .readOnly, .inListView)
    let fileUrl = SmallText(.named("file_url"), .kind(.code), .setOnlyOnce)
    let thumbnailUrl = SmallText(.named("thumbnail_url"), .readOnly)
    let folder = Link("File", .indexed)
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
        let reference = Reference(file.document, "attached_to_doctype", "attached_to_name")
        try session.keepReference(of: file.document, "attached_to_doctype", "attached_to_name")
        if file.document.isNew { try session.requireReference(.write, reference) }
        if !file.isFolder {
            file.fileName = try FileName.cleaned(file.fileName)
            // Where bytes are kept here, only an upload says so: a link of one's own leads to other sites alone.
            if file.contentHash.isEmpty, !["http://", "https://"].contains(where: file.fileUrl.lowercased().hasPrefix) {
                throw Problem(
                    .badFile, "A file is uploaded, or names an address of another site", field: "file_url",
                    fix: "Use upload_file.")
            }
        } else if file.fileName.isEmpty || file.fileName.contains("/") {
            throw Problem(.invalidName, "A folder needs a name without slashes", field: "file_name")
        }
        guard !file.document.isNew, file.isPrivate != (file.document.storedValue("is_private").int == 1) else { return }
        throw Problem(.frozen, "A file stays private or public as it was uploaded", field: "is_private")
    }

    static func onTrash(_ file: Doc<Self>, in session: Session) throws {
        guard file.isFolder else { return }
        guard !file.isHomeFolder, !file.isAttachmentsFolder else {
            throw Problem(.forbidden, "The folder \(file.name) stays")
        }
    }
}
