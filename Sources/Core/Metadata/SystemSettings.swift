/// What holds for a whole company's system.
public struct SystemSettings: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "System Settings", module: "Core", naming: .prompt, .single, permissions: [.manage("System Manager")],
        summary: "What holds for the whole system.")

    public let applyStrictUserPermissions = Check(
        .label("Apply Strict User Permissions"))
    let allowNamesDifferingInCase = Check(
        .label("Names May Differ Only in Case"),
        .description("Lets a customer be called Acme beside another called ACME. Users, roles and DocTypes never may."))
    /// How people see things; clients read it.
    public let country = Data()
    public let language = Data()
    public let timeZone = Data(
        .description("Where the company is, such as Europe/Berlin: its days begin at midnight there. UTC where empty."))
    public let dateFormat = Select(
        ["yyyy-mm-dd", "dd-mm-yyyy", "dd/mm/yyyy", "dd.mm.yyyy", "mm/dd/yyyy", "mm-dd-yyyy"])
    public let timeFormat = Select(["HH:mm:ss", "HH:mm"])
    public let numberFormat = Select(numberFormats)
    public let firstDayOfTheWeek = Select(
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"])
    public let appName = Data()
    public let fileStorageQuota = IntField(.nonNegative, .description("Megabytes of all files; 0 is no limit."))

    /// How people sign in; `Tenancy` makes the rules of it.
    public let sessionExpiry = Data(
        .label("Session Expiry (idle timeout)"), .description("Hours and minutes, such as 170:00; empty for a week."))
    public let longestSessionHours = IntField(
        .fallback(720), .nonNegative, .label("Longest Session (Hours)"),
        .description("After this a session ends however much it is used; 0 for never."))
    public let denyMultipleSessions = Check(.label("Allow only one session per user"))
    public let enablePasswordPolicy = Check(
        .fallback(1), .label("Enable Password Policy"),
        .description("Refuses passwords that many people use, and those made of the name of their user or company."))
    public let minimumPasswordLength = IntField(.fallback(8), .nonNegative)
    public let forceUserToResetPassword = IntField(
        .nonNegative, .description("After so many days users choose another password; 0 for never."))
    public let allowConsecutiveLoginAttempts = IntField(
        .fallback(5), .nonNegative,
        .description("How many wrong passwords of a user from one address are free of waiting."))
    public let allowLoginAfterFail = IntField(
        .fallback(5), .nonNegative, .label("Allow Login After Fail"),
        .description("The first wait after them, in seconds; each further failure doubles it."))
    public let enableTwoFactorAuth = Check(
        .label("Enable Two Factor Auth"),
        .description("Users of the roles that ask for it must have a second factor, all users where no role does."))
    public let otpIssuerName = Data(
        .label("OTP Issuer Name"), .description("What authenticator apps show; the name of the company where empty."))
    public init() {}

    /// How numbers may be written, by an example of each.
    public static let numberFormats = [
        "#,###.##", "#.###,##", "# ###.##", "# ###,##", "#'###.##", "#, ###.##", "#,##,###.##", "#,###.###", "#.###",
        "#,###",
    ]
}
