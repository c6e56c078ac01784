public import Documents
internal import Metadata
internal import Pictures
internal import Values

/// Where the small picture of a file is: at the address of the file, so that who may not have the one does not get the other.
enum FileThumbnail {
    /// What stands behind the address of a file for its picture in a square of `side` pixels.
    static func query(_ side: Int) -> String { "?thumbnail=\(side)" }

    /// The address of a file's picture in a square of `side` pixels; nil when it is no picture, or one of another site.
    static func address(of file: Doc<File>, fitting side: Int) -> String? {
        guard !file.isFolder, !file.contentHash.isEmpty, FileContent.isPicture(file.fileName) else { return nil }
        return file.fileUrl + query(side)
    }
}

extension Session {
    /// The address of the small picture of a File that the actor may read: the usual one, or in a square that `width` and `height`
    /// are the side of.
    ///
    /// - Throws: ``Problem/Kind/noThumbnail`` for what is no picture, ``Problem/Kind/notAnOption`` for a size that is not made.
    package func thumbnail(of name: String, _ arguments: Arguments) throws -> String {
        let width = try arguments.int("width", in: 1...100_000)
        let height = try arguments.int("height", in: 1...100_000)
        let side = max(width ?? height ?? Thumbnail.usual, height ?? width ?? Thumbnail.usual)
        guard Thumbnail.sizes.contains(side), width == nil || height == nil || width == height else {
            throw Problem.noThumbnailSize("\(width ?? side) x \(height ?? side)", field: "width")
        }
        if arguments.flag("crop") ?? false {
            throw Problem(
                .notAnOption, "Thumbnails show the whole picture", field: "crop",
                fix: "Leave it out, and cut what is shown.")
        }
        let file = Doc<File>(try get(File.doctype.name, name))
        guard let address = FileThumbnail.address(of: file, fitting: side) else {
            throw Problem(
                .noThumbnail, "\(file.fileName) is no picture of a kind that is made small", field: "file_name")
        }
        return address
    }
}

extension Problem {
    /// A thumbnail of a size that is not made.
    package static func noThumbnailSize(_ text: String, field: String) -> Problem {
        let sizes = Thumbnail.sizes.map(String.init).joined(separator: ", ")
        return Problem(
            .notAnOption, "There are no thumbnails of the size \(text.prefix(40))", field: field,
            fix: "They fit into squares of these sides: \(sizes).")
    }
}

extension Problem.Kind {
    /// A file that cannot be made a small picture of.
    package static let noThumbnail = Self("no_thumbnail")
}
