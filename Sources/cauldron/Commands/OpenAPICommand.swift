import ArgumentParser
import Documents
import Foundation
import Gateway
import Reports
import Tenancy
import Values

/// Prints the description of the HTTP API.
struct OpenAPICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi",
        abstract: "Print the description of the HTTP API, as OpenAPI 3.1 in JSON.",
        discussion: "Example: cauldron openapi > openapi.json")

    func run() throws {
        let reports = Dictionary(
            allModules.flatMap(\.reports).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let document = GatewayOpenAPI.document(registry: .of(allModules), reports: reports)
        Output.write(document.text + "\n", to: .standardOutput)
    }
}
