public import Values

extension Session {
    /// What would change in the tables, with how many rows each step touches.
    public struct PlannedStep: Sendable, Equatable {
        /// The step.
        public let step: MetadataStep
        /// How many rows hold something that the step drops or converts; for other steps, how many rows the table has.
        public let rows: Int
        /// What the rows hold is lost, or changed so that it does not come back. Such a step has to be allowed by its words.
        public let losesData: Bool

        /// A step that touches so many rows.
        package init(step: MetadataStep, rows: Int, losesData: Bool) {
            self.step = step
            self.rows = rows
            self.losesData = losesData
        }

        /// The step as JSON.
        public var json: JSON {
            ["step": .string(step.words), "rows": .int(Int64(rows)), "loses_data": .bool(losesData)]
        }
    }

    /// Lets modules bring what they keep by the fields of DocTypes in line with them: after metadata changed, and when a
    /// company is opened.
    ///
    /// - Throws: ``StorageError``.
    public func followMetadata() throws { for body in registry.followers { try body(self) } }

    /// What a session knows of changes of metadata.
    package struct MetadataState {
        /// Documents that describe DocTypes were written, and it is not in force yet.
        package var isDirty = false
        /// The DocTypes that were described.
        package var written: Set<String> = []
        /// It is brought into force later.
        package var isDeferred = false
        /// The steps are only to be seen: what loses data is not refused.
        package var isPlanning = false
        /// The words of steps that may lose data.
        package var allowed: Set<String> = []
        /// The fields that get another name.
        package var renamed = RenamedFields()
        /// The DocTypes that went.
        package var gone: [String: DocType] = [:]
        /// The registry of the session is another one than when it began.
        package var hasChanged = false
        /// The steps that were carried out.
        package var planned: [PlannedStep] = []
    }

    /// Whether the metadata of the company changed in this session; its registry is then the one for later sessions.
    public var hasChangedMetadata: Bool { metadata.hasChanged }
}
