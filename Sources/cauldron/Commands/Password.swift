import Documents
import Foundation

/// Reading passwords, so that neither the list of processes nor the screen shows them.
enum Password {
    /// Asks for a new password twice at a terminal, or reads it as the first line of standard input.
    ///
    /// - Throws: ``Problem`` when it is not the same twice.
    static func read(for user: String) throws -> String {
        let password: String
        if isatty(STDIN_FILENO) == 1 {
            password = ask("New password of \(user): ")
            guard ask("Again: ") == password else {
                throw Problem(.notTheSame, "That was not the same twice", field: "password")
            }
        } else {
            password = readLine(strippingNewline: true) ?? ""
        }
        return password
    }

    /// Asks at the terminal without showing what is typed.
    private static func ask(_ question: String) -> String {
        Output.write(question, to: .standardError)
        var shown = termios()
        unsafe tcgetattr(STDIN_FILENO, &shown)
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            Output.write("\n", to: .standardError)
        }
        return readLine(strippingNewline: true) ?? ""
    }
}

extension Problem.Kind {
    /// What was typed twice differs.
    static let notTheSame = Self("not_the_same")
}
