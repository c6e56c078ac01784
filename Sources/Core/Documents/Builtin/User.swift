package import Values

/// Somebody who can sign in. The password and the API secret are kept by the server's identity store, as hashes.
public struct User: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "User", module: "Core", naming: .field("email"), title: "full_name", search: ["full_name"],
        permissions: [.manage("System Manager"), Permission("All", [.read, .select], ifOwner: true)],
        summary: "Somebody who can sign in.")

    public let email = Data(.required, .setOnlyOnce, .format("Email"))
    public let firstName = Data(.required)
    public let middleName = Data()
    public let lastName = Data()
    public let fullName = Data(.readOnly, .inListView)
    public let enabled = Check(.fallback(1), .inListView)
    public let userType = Select(["System User", "Website User"], .fallback("System User"), .inListView)
    public let roleProfileName = Link(RoleProfile.self)
    public let username = Data(.unique)
    public let gender = Data()
    public let language = Data()
    public let timeZone = Data()
    public let userImage = AttachImage()
    public let bannerImage = AttachImage()
    public let phone = Data()
    public let mobileNo = Data()
    public let birthDate = DateField()
    public let location = Data()
    public let interest = SmallText()
    public let bio = SmallText()
    public let emailSignature = SmallText()
    public let unsubscribed = Check()
    public let muteSounds = Check()
    public let deskTheme = Select(["Light", "Dark", "Automatic"])
    public let threadNotify = Check(.fallback(1), .label("Send Notifications For Email Threads"))
    public let sendMeACopy = Check()
    public let allowedInMentions = Check(.fallback(1))
    public let roles = Table(HasRole.self)
    public let defaults = Table(DefaultValue.self)
    public init() {}

    public static func validate(_ user: Doc<Self>, in session: Session) throws {
        try requireAddress(user)
        user.fullName = user.lastName.isEmpty ? user.firstName : "\(user.firstName) \(user.lastName)"
        var seen: Set<Name> = []
        if !user.roleProfileName.isEmpty {
            let roles = try RoleProfile.roles(of: user.roleProfileName, in: session)
            user.roles = user.roles.filter { roles.contains($0.role) }
            let present: Set<Name> = Set(user.roles.map(\.role))
            for role in roles where !present.contains(role) {
                let row = try session.new(HasRole.self)
                row.role = role
                user.roles.append(row)
            }
        }
        user.roles = user.roles.filter { seen.insert($0.role).inserted }
        if !user.enabled { try Indispensable.keep(user: user.name, "disabled", field: "enabled") }
        if Indispensable.wasManager(user), !Indispensable.isManager(user) {
            try Indispensable.requireManager(besides: user.name, field: user.enabled ? "roles" : "enabled", in: session)
        }
    }

    public static func beforeRename(_ user: Doc<Self>, _ rename: Rename, in session: Session) throws -> String {
        try Indispensable.keep(user: user.name, rename.merges ? "merged" : "renamed")
        if rename.merges, Indispensable.wasManager(user) {
            try Indispensable.requireManager(besides: user.name, field: "name", in: session)
        }
        return rename.new
    }

    public static func onTrash(_ user: Doc<Self>, in session: Session) throws {
        try Indispensable.keep(user: user.name, "deleted")
    }

    /// Several may go together, so that it is asked once they are gone.
    public static func afterDelete(_ user: Doc<Self>, in session: Session) throws {
        guard Indispensable.wasManager(user) else { return }
        try Indispensable.requireManager(besides: user.name, field: "name", in: session)
    }
}

extension User {
    /// Somebody who signs in is called by an e-mail address, but for the two users that every company has.
    private static func requireAddress(_ user: Doc<Self>) throws {
        let isOwn = user.email == Actor.administrator.user || user.email == Actor.guest.user
        guard user.document.isNew, !isOwn else { return }
        // All of it is seen, and one address.
        if DataFormats.isEmail(user.email), Skeleton.of(user.email, foldsCase: false) == user.email { return }
        throw Problem(
            .badFormat, "Email must be an e-mail address, not \(FieldDefinition.short(user.email))", field: "email",
            fix: "Send email as an e-mail address.")
    }
}

/// A role of a user.
public struct HasRole: DocTypeSchema {
    public static let doctype = DocTypeInfo("Has Role", module: "Core", kind: .child)
    public let role = Link(Role.self, .required, .inListView)
    public init() {}
}

/// What a user's new documents have in links of a name, such as its company.
public struct DefaultValue: DocTypeSchema {
    public static let doctype = DocTypeInfo("DefaultValue", module: "Core", kind: .child)
    public let defkey = Data(.required, .inListView)
    public let defvalue = Data(.required, .inListView)
    public init() {}
}

/// A name that DocTypes give rights to.
public struct Role: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Role", module: "Core", naming: .field("role_name"),
        permissions: [.manage("System Manager"), .read("All")], summary: "A name that DocTypes give rights to.")
    public let roleName = Data(.required, .setOnlyOnce, .inListView)
    public let disabled = Check()
    public let twoFactorAuth = Check(.label("Two Factor Authentication"))
    public init() {}

    public static func validate(_ role: Doc<Self>, in session: Session) throws {
        if role.disabled { try Indispensable.keepEnabled(role: role.name) }
    }

    public static func beforeRename(_ role: Doc<Self>, _ rename: Rename, in session: Session) throws -> String {
        try Indispensable.keep(role: role.name, rename.merges ? "merged" : "renamed", in: session)
        return rename.new
    }

    public static func onTrash(_ role: Doc<Self>, in session: Session) throws {
        try Indispensable.keep(role: role.name, "deleted", in: session)
    }
}

extension Session {
    /// The full names of users, by their names; of those there is none, the name itself.
    package func fullNames(of users: [String]) throws -> [Name: String] {
        let found = try values(of: "User", users, ["full_name"])
        return Dictionary(
            users.map { (Name($0), found[$0]?[0].text ?? $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension Registry {
    /// A registry with what documents need: users, roles and what describes them.
    public static func documents() -> Registry {
        var registry = Registry()
        registry.add(
            User.self, HasRole.self, DefaultValue.self, Role.self, RoleProfile.self, UserPermission.self, DocShare.self)
        registry.add(SystemSettings.self)
        registry.add(rules: NamingRules.self)
        registry.add(rules: ZoneRules.self)
        registry.observe(.doctype(ZoneRules.source), .validate) { changes, _ in
            for change in changes { try ZoneRules.check(change.document) }
        }
        Lifecycle.register(&registry)
        registry.add(companion: Companion("DocShare", "share_doctype", "share_name", keepsCopies: false))
        return registry
    }
}
