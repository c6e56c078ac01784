import Foundation

/// The programs that are built with the tests.
public enum BuiltProgram {
    /// The path of one: beside the program that runs the tests, whatever the build directory.
    public static func path(_ name: String) -> String {
        let places = [CommandLine.arguments[0], "/proc/self/exe"].map {
            URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent().path
        }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let built = root + "/.build/debug"
        return (places + [built]).map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
            ?? "\(built)/\(name)"
    }
}
