import ArgumentParser
import Documents
import Foundation
import Identity
import Storage
import Tenancy
import Values

/// How the command talks: to people in lines, to programs in JSON.
struct Output: Sendable {
    /// Whether a program reads it.
    let isJSON: Bool

    /// Prints a line for people; programs do not get it.
    func line(_ text: String) {
        if !isJSON { Self.write(text + "\n", to: .standardOutput) }
    }

    /// Prints one JSON value on a line of its own; people do not get it.
    func json(_ json: @autoclosure () -> JSON) {
        if isJSON { Self.write(json().text + "\n", to: .standardOutput) }
    }

    /// Prints a line that is no result, such as a hint, where it does not mix with results.
    func remark(_ text: String) {
        if !isJSON { Self.write(text + "\n", to: .standardError) }
    }

    /// Says what went wrong, and gives the error that ends the command with the right code.
    func exit(after error: any Error) -> any Error {
        switch error {
        case let problem as Problem: return refuse(problem)
        case let error as StorageError: return refuse(Problem(error))
        case IdentityError.password(let sentence):
            return refuse(Problem(.weakPassword, ProblemText(sentence), field: "password"))
        case IdentityError.tooManyKeys(let most):
            return refuse(Problem(.tooMany, "The user has \(most) keys, and may have no more"))
        case IdentityError.busy: return refuse(Problem(.overloaded, "Too many sign in at once"))
        case is ExitCode, is CleanExit, is ValidationError: return error
        default:
            // What the argument parser throws is its own to tell.
            return String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
                ? error : refuse(Problem(.unavailable, "\(error)"))
        }
    }

    private func refuse(_ problem: Problem) -> ExitCode {
        // All that is wrong is told at once, where it was found at once.
        if isJSON {
            var object: JSONObject = ["error": problem.json]
            if problem.parts.count > 1 { object["problems"] = .array(problem.parts.map(\.json)) }
            Self.write(JSON.object(object).text + "\n", to: .standardError)
        } else {
            for one in problem.single { Self.write("cauldron: \(one.line)\n", to: .standardError) }
        }
        return problem.exitCode
    }

    /// Writes text at once, so that whoever reads a pipe gets it when it is said.
    static func write(_ text: String, to file: FileHandle) {
        // When nobody reads any more there is nobody to tell.
        try? file.write(contentsOf: Data(text.utf8))
    }
}

extension ExitCode {
    /// Something was refused, or problems were found.
    static let refused = ExitCode(1)
    /// The company cannot be opened: its directory is missing, in use or damaged.
    static let unavailable = ExitCode(3)
}

extension Problem {
    /// The problem in one line: what, where and what would fix it.
    var line: String {
        let end = message.hasSuffix(".") ? "" : "."
        let place = field.map { " (\($0))" } ?? ""
        return "\(message)\(place)\(end)" + (fix.map { " \($0)" } ?? "")
    }

    /// The problem for programs.
    var json: JSON {
        var object: JSONObject = ["code": .string(kind.code), "message": .string(message)]
        object["doctype"] = doctype.map(JSON.string)
        object["name"] = name.map(JSON.string)
        object["field"] = field.map(JSON.string)
        object["row"] = row.map { .int(Int64($0)) }
        object["fix"] = fix.map(JSON.string)
        return .object(object)
    }

    var exitCode: ExitCode {
        switch kind {
        case .unavailable, .overloaded, .timedOut, .unknownOutcome: .unavailable
        default: .refused
        }
    }
}
