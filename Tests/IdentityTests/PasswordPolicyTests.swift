import Testing
import Values

@testable import Identity

@Suite struct PasswordPolicyTests {
    private static let words = [
        "ana.muster@example.com", "ana", "muster", "example", "com", "Northwind Traders", "northwind",
    ]

    private static func fault(_ password: String, isOn: Bool = true, shortest: Int = 8) -> String? {
        var policy = PasswordPolicy()
        policy.isOn = isOn
        policy.shortest = shortest
        return policy.fault(of: password, words: words)
    }

    @Test(
        arguments: [
            "password", "Password1", "PASSWORD!", "p@ssw0rd", "P@$$w0rd1!", "12345678", "87654321", "qwertyuiop",
            "abcdefghij",
            "aaaaaaaaaa", "abababab", "11112222", "iloveyou", "football12", "1letmein!", "Muster2024", "northwind1",
            "NorthwindAna!", "ana.muster@example.com", "ANA.MUSTER@EXAMPLE.COM",
        ])
    func `what is easily guessed is refused`(password: String) { #expect(Self.fault(password) != nil) }

    @Test(
        arguments: [
            "correct horse", "geheim und lang", "Ana mag 17 Pferde", "tj7#kQ9z", "пароль из слов", "密码要长一点好吗",
            "северный олень", "zażółć gęślą", "passwordless future", "my northwind keyboard is blue",
        ])
    func `what is not is taken, in every script and without rules for signs`(password: String) {
        #expect(Self.fault(password) == nil)
    }

    @Test func `length counts characters as people see them, and a company may ask for more`() {
        #expect(Self.fault("tj7#kQ9", isOn: false) != nil)
        #expect(Self.fault("👩‍👩‍👧‍👦🦄🐙🐢🦑🦀🦐", isOn: false) != nil, "seven")
        #expect(Self.fault("👩‍👩‍👧‍👦🦄🐙🐢🦑🦀🦐🐳", isOn: false) == nil, "eight")
        #expect(Self.fault("tj7#kQ9z", shortest: 12) != nil)
    }

    @Test func `without the policy only length and the own name count`() {
        #expect(Self.fault("password", isOn: false) == nil)
        #expect(Self.fault("ana.muster@example.com", isOn: false) != nil)
    }

    @Test func `every line of the list is found, and nothing between them`() {
        for word in ["!qaz2wsx", "!qazxsw2", "password", "qwerty", "zzzzzz1", "zzzzzzz1"] {
            #expect(CommonPasswords.contains(word), "\(word)")
        }
        for word in ["", "passwordq", "\n", "qwerty\n", "!qaz2wsxx", "zzzzzzzzzzz", "~"] {
            #expect(!CommonPasswords.contains(word), "\(word)")
        }
    }
}
