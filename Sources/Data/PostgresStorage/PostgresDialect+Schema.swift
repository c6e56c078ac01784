internal import Storage

extension PostgresDialect {
    func objects(of tables: [TableSchema]) -> [SchemaObject] {
        var objects = [
            SchemaObject(kind: "table", name: Self.writers, table: Self.writers),
            SchemaObject(kind: "index", name: "\(Self.writers)_pkey", table: Self.writers),
            SchemaObject(kind: "function", name: PostgresFolding.name, definition: PostgresFolding.source),
        ]
        if tables.contains(where: \.appendOnly) {
            objects.append(
                SchemaObject(
                    kind: "function", name: PostgresMigration.guardName, definition: PostgresMigration.guardBody))
        }
        for table in tables {
            func add(_ kind: String, _ name: String, _ definition: String? = nil) {
                objects.append(SchemaObject(kind: kind, name: name, table: table.name, definition: definition))
            }
            add("table", table.name)
            add("index", PostgresMigration.key(of: table.name))
            for index in table.indexes { add("index", indexName(index, of: table.name)) }
            if !table.textIndex.isEmpty { add("index", PostgresTextIndex.name(of: table.name)) }
            guard table.appendOnly else { continue }
            for (verb, _, type) in PostgresMigration.seals {
                add(
                    "trigger", PostgresMigration.seal(verb, of: table.name),
                    "\(type) O \(PostgresMigration.guardName)")
            }
        }
        return objects
    }

    /// The table in which each process that writes notes its last commit; the server's connection makes it.
    private static let writers = "_writer"

    /// Relations of every kind, triggers, functions, rules and policies of the schema.
    var presentObjects: String {
        """
        WITH own AS (
          SELECT oid, relname, relkind FROM pg_catalog.pg_class
          WHERE relnamespace = CAST(current_schema() AS REGNAMESPACE))
        SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' WHEN 'S' THEN 'sequence'
            WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' WHEN 'c' THEN 'type' ELSE 'relation' END,
          CAST(relname AS TEXT), CAST(relname AS TEXT), CAST(NULL AS TEXT) FROM own WHERE relkind NOT IN ('i', 'I')
        UNION ALL SELECT 'index', CAST(i.relname AS TEXT), CAST(t.relname AS TEXT), NULL
          FROM own i JOIN pg_catalog.pg_index x ON x.indexrelid = i.oid JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
        UNION ALL SELECT 'trigger', CAST(g.tgname AS TEXT), CAST(t.relname AS TEXT),
            CAST(g.tgtype AS TEXT) || ' ' || CAST(g.tgenabled AS TEXT) || ' ' || CAST(p.proname AS TEXT)
          FROM pg_catalog.pg_trigger g JOIN own t ON t.oid = g.tgrelid
          JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid WHERE NOT g.tgisinternal
        UNION ALL SELECT 'function', CAST(proname AS TEXT), '', prosrc FROM pg_catalog.pg_proc
          WHERE pronamespace = CAST(current_schema() AS REGNAMESPACE)
        UNION ALL SELECT 'rule', CAST(r.rulename AS TEXT), CAST(t.relname AS TEXT), NULL
          FROM pg_catalog.pg_rewrite r JOIN own t ON t.oid = r.ev_class WHERE r.rulename <> '_RETURN'
        UNION ALL SELECT 'policy', CAST(y.polname AS TEXT), CAST(t.relname AS TEXT), NULL
          FROM pg_catalog.pg_policy y JOIN own t ON t.oid = y.polrelid
        ORDER BY 3, 1, 2
        """
    }
}
