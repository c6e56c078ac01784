/// Pictures made small: in which sizes, of what, and what they cost at most.
///
/// The sizes are few, so that nobody can have a picture made in every size there could be.
public enum Thumbnail {
    /// The squares that thumbnails fit into, in pixels.
    public static let sizes = [64, 150, 300, 600]
    /// The one that is meant where none is named.
    public static let usual = 300
    /// Moves when the same picture would come out otherwise, so that those made before are not shown any more.
    package static let version = 1
    /// The most bytes of a picture that is made small.
    public static let sourceBytes = 64 << 20
    /// The most pixels of one, those of animations counted once.
    public static let pixels = 50_000_000
    /// The most bytes of memory that making one takes: two copies of the pixels in four bytes each, the picture as it came,
    /// and some.
    package static let memoryBytes = 512 << 20
    /// The most seconds of a processor that making one takes.
    package static let processorSeconds = 10
    /// The most seconds that it takes at all, with the time in which it only waits.
    package static let seconds = 60
    /// The most bytes of one: far more than the largest needs.
    package static let bytes = 4 << 20

    /// The width and height of a picture that keeps its proportions in a square of `side` pixels. None is made larger, and
    /// none so thin that nothing is left of it.
    package static func fit(_ width: Int, _ height: Int, into side: Int) -> (width: Int, height: Int) {
        let larger = max(width, height)
        guard larger > side else { return (width, height) }
        return (max(1, (width * side + larger / 2) / larger), max(1, (height * side + larger / 2) / larger))
    }
}

/// Why a picture is not made small. The numbers are those that the program ends with that makes them.
public enum ThumbnailRefusal: Int32, Error, CaseIterable, Sendable {
    /// It is none of the kinds that are known.
    case notAPicture = 10
    /// It has more pixels than are looked at.
    case tooManyPixels = 11
    /// It has more bytes than are read.
    case tooManyBytes = 12
    /// It is damaged, or of a kind that its own format has but the program cannot read.
    case unreadable = 13
    /// Reading it takes longer than is allowed.
    case tooMuchWork = 14
}
