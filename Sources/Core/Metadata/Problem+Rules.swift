/// The kinds of problems with rules that many DocTypes have.
extension Problem.Kind {
    /// A day is before the one that it has to follow.
    public static let datesOutOfOrder = Self("dates_out_of_order")
    /// A number or text is beyond the bounds of its meaning.
    public static let outOfBounds = Self("out_of_bounds")
    /// Two rows or documents say the same, where one may.
    public static let givenTwice = Self("given_twice")
    /// A node of a tree would stand below itself.
    public static let belowItself = Self("below_itself")
    /// What others shall stand below is no group.
    public static let noGroup = Self("no_group")
    /// A group gathers others and is not chosen itself.
    public static let isGroup = Self("is_group")
    /// A group has others below it and stays one.
    public static let staysGroup = Self("stays_group")
    /// What is in use cannot become a group.
    public static let noGroupPossible = Self("no_group_possible")
    /// Two things that belong together are of two companies.
    public static let otherCompany = Self("other_company")
    /// Documents of the DocType are not submitted.
    public static let notSubmittable = Self("not_submittable")
    /// Documents of the DocType do not repeat.
    public static let notRepeatable = Self("not_repeatable")
    /// Documents of the DocType are not called by counting.
    public static let notCounted = Self("not_counted")
    /// The DocType has more than one document.
    public static let notSingle = Self("not_single")
    /// Text holds the character NUL.
    public static let nullCharacter = Self("null_character")
    /// A password is too easily guessed.
    public static let weakPassword = Self("weak_password")
}
