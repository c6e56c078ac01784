internal import Documents
internal import Metadata
internal import Storage
internal import Values

extension Session {
    /// An address for a file: by its name, with a piece of its hash where the name is taken by other content.
    ///
    /// - Throws: ``Problem/Kind/badFile`` when every such name is taken.
    func freeAddress(_ fileName: String, _ hash: String, isPrivate: Bool) throws -> String {
        let possible = Self.addresses(fileName, hash, isPrivate: isPrivate)
        return try Self.first(possible, hash, free: hashes(at: possible), fileName)
    }

    /// Gives the files of a document that comes back other addresses where other content has theirs now, and corrects the
    /// fields of the document that hold them. Two statements, however many files there are.
    func giveFreeAddresses(to copies: KeptCopy) throws {
        var files = copies.companions[File.doctype.name] ?? []
        if copies.document.doctype.name == File.doctype.name { files.append(copies.document) }
        let kept = files.map { Doc<File>($0) }.filter { !$0.contentHash.isEmpty }
        for file in kept { try FileContent.check(file.fileName) }
        guard !kept.isEmpty else { return }
        let holders = try hashes(at: kept.map(\.fileUrl))
        let displaced = kept.filter { !(holders[$0.fileUrl] ?? []).isSubset(of: [$0.contentHash]) }
        guard !displaced.isEmpty else { return }
        func possible(_ file: Doc<File>) -> [String] {
            Self.addresses(file.fileName, file.contentHash, isPrivate: file.isPrivate)
        }
        var taken = try hashes(at: displaced.flatMap(possible))
        var moved: [Name: String] = [:]
        for file in displaced {
            let new = try Self.first(possible(file), file.contentHash, free: taken, file.fileName)
            taken[new, default: []].insert(file.contentHash)
            moved[file.fileUrl] = new
            file.fileUrl = new
        }
        for row in [copies.document] + copies.document.allRows {
            for (slot, field) in row.doctype.columns.enumerated()
            where field.type == .attach || field.type == .attachImage {
                if let new = row.values[slot].text.flatMap({ moved[$0] }) { row.values[slot] = .text(new) }
            }
        }
    }

    private static func addresses(_ fileName: String, _ hash: String, isPrivate: Bool) -> [String] {
        let place = isPrivate ? "/private/files/" : "/files/"
        let (stem, ending) = FileName.parts(fileName)
        return [fileName, stem + hash.suffix(6) + ending, stem + hash + ending].map { place + $0 }
    }

    private static func first(
        _ addresses: [String], _ hash: String, free taken: [Name: Set<String>], _ fileName: String
    ) throws -> String {
        guard let free = addresses.first(where: { (taken[$0] ?? []).isSubset(of: [hash]) }) else {
            throw Problem(.badFile, "The name \(fileName) is taken", field: "file_name", fix: "Choose another.")
        }
        return free
    }

    /// The content that stands at each of some addresses; "" is that of another site.
    private func hashes(at addresses: [String]) throws -> [Name: Set<String>] {
        var found: [Name: Set<String>] = [:]
        for chunk in Set<Name>(addresses).sorted().chunks(of: Limits.filterValues) {
            let condition = transaction.dialect.isOneOf("file_url", count: chunk.count)
            try transaction.forEach(
                "SELECT DISTINCT file_url, content_hash FROM file WHERE \(condition)", chunk.map(Value.text),
                [.text, .text]
            ) { found[$0[0].text ?? "", default: []].insert($0[1].text ?? "") }
        }
        return found
    }
}
