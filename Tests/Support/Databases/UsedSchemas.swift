internal import PostgresStorage
internal import Storage
internal import Synchronization

/// Schemas of PostgreSQL that tests are done with. They are emptied and used again, because making all tables of a company
/// takes longer than most tests.
enum UsedSchemas {
    private struct Used {
        let address: String
        /// What the schema looked like when its tables had been made.
        let shape: String
        /// Whoever still holds the database keeps the schema from being used again.
        weak var database: PostgresDatabase?
    }

    private static let used = Mutex<[String: [Used]]>([:])

    /// What tells tables apart.
    static func key(of tables: [TableSchema]) -> String {
        var key = ""
        for table in tables {
            key += "\n\(table.name) \(table.appendOnly) \(table.primaryKey)"
            for column in table.columns {
                key += ",\(column.name) \(column.type) \(column.required) \(column.fallback)"
            }
            for index in table.indexes { key += ";\(index.columns) \(index.unique)" }
        }
        return key
    }

    /// An empty schema with such tables, and what it looks like; nil when there is none.
    static func take(_ key: String) -> (address: String, shape: String)? {
        while true {
            let found = used.withLock { used -> Used? in
                guard let index = used[key]?.firstIndex(where: { $0.database == nil }) else { return nil }
                return used[key]?.remove(at: index)
            }
            guard let found else { return nil }
            // What a test has changed beyond its rows, or what cannot be emptied, is left alone.
            if (try? empty(found.address)) == found.shape { return (found.address, found.shape) }
        }
    }

    /// Leaves a schema to the next test that needs such tables.
    static func giveBack(_ key: String, _ address: String, _ shape: String, _ database: PostgresDatabase?) {
        used.withLock { $0[key, default: []].append(Used(address: address, shape: shape, database: database)) }
    }

    /// What the tables of a schema look like.
    static func shape(of address: String) throws -> String {
        try PostgresAdministration.run(shape, at: address)[0][0] ?? ""
    }

    private static func empty(_ address: String) throws -> String {
        try PostgresAdministration.run("\(deletion); \(shape)", at: address)[0][0] ?? ""
    }

    private static let deletion = """
        DO $$ DECLARE filled regclass; BEGIN
          SET LOCAL session_replication_role = replica;
          FOR filled IN SELECT oid FROM pg_class
            WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind = 'r' AND pg_relation_size(oid) > 0
          LOOP EXECUTE 'DELETE FROM ' || filled; END LOOP;
        END $$
        """

    private static let shape = """
        SELECT concat_ws(' ', count(DISTINCT c.oid), count(a.attnum), sum(CAST(a.atttypid AS bigint)),
          sum(a.attnum * a.atttypmod), sum(CAST(a.attnotnull AS int)),
          (SELECT count(*) FROM pg_trigger t JOIN pg_class o ON o.oid = t.tgrelid
           WHERE o.relnamespace = CAST(current_schema() AS regnamespace) AND t.tgenabled = 'O'))
        FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
        WHERE c.relnamespace = CAST(current_schema() AS regnamespace)
        """
}
