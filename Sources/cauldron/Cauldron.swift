import ArgumentParser

@main
struct Cauldron: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "An enterprise operating system.")
}
