extension FieldOption {
    /// Belongs to a level of permissions of its own; 0 is the document's.
    public static func level(_ level: Int) -> FieldOption { FieldOption { $0.permlevel = level } }
    /// A link that User Permissions do not limit.
    public static let ignoresUserPermissions = FieldOption { $0.flags.insert(.ignoreUserPermissions) }
    /// A link that may name what its writer may not select, as far as its User Permissions go.
    public static let linksToHidden = FieldOption { $0.flags.insert(.linksToHidden) }
    /// Shown masked to who lacks the right `mask`.
    public static let masked = FieldOption { $0.flags.insert(.masked) }
    /// Another type of text than the Swift type of the field has, kept the same way.
    package static func kind(_ type: FieldType) -> FieldOption { FieldOption { $0.type = type } }
    /// A link that neither user permissions nor the right to select restrict.
    package static let ignoringRights = FieldOption { $0.flags.formUnion([.ignoreUserPermissions, .linksToHidden]) }
}
