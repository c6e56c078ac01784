internal import Storage
internal import Values

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
            for column in table.columns {
                add("column", column.name, Self.definition(of: column, in: table))
                if case .decimal(let scale) = column.type { add("check", column.name, Self.range(column.name, scale)) }
            }
            add(
                "index", PostgresMigration.key(of: table.name),
                "unique btree " + table.primaryKey.joined(separator: ","))
            for index in table.indexes {
                add(
                    "index", indexName(index, of: table.name),
                    (index.unique ? "unique " : "") + "btree " + index.columns.joined(separator: ","))
            }
            if !table.textIndex.isEmpty {
                add("index", PostgresTextIndex.name(of: table.name), "gin \(PostgresTextIndex.column)")
            }
            guard table.appendOnly else { continue }
            for (verb, _, type) in PostgresMigration.seals {
                add(
                    "trigger", PostgresMigration.seal(verb, of: table.name),
                    "\(type) O \(PostgresMigration.guardName)")
            }
        }
        return objects
    }

    /// What the server's catalogue says of a column.
    private static func definition(of column: TableSchema.Column, in table: TableSchema) -> String {
        var text = ServerType.declaration(column.type)
        if column.type == .text { text += " COLLATE C" }
        if column.required || table.primaryKey.contains(column.name) { text += " NOT NULL" }
        switch column.fallback {
        case .text(let fallback): text += " DEFAULT '\(fallback.replacing("'", with: "''"))'::text"
        case .int, .decimal: text += " DEFAULT \(column.fallback)"
        default: break
        }
        return text
    }

    /// What it says of the check of a column of decimals.
    private static func range(_ column: String, _ scale: UInt8) -> String {
        let (least, most) = (Value.decimal(units: .min, scale: scale), Value.decimal(units: .max, scale: scale))
        return "CHECK (((_ >= '\(least)'::numeric) AND (_ <= \(most))))"
    }

    /// Without the name of the column, which the server quotes where it has to.
    func definition(of object: SchemaObject) -> String? {
        guard object.kind == "check", let text = object.definition else { return object.definition }
        return text.replacing("(\(quoted(object.name)) ", with: "(_ ").replacing("(\(object.name) ", with: "(_ ")
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
        UNION ALL SELECT 'index', CAST(i.relname AS TEXT), CAST(t.relname AS TEXT),
            CASE WHEN x.indisunique THEN 'unique ' ELSE '' END || CAST(m.amname AS TEXT) || ' ' || (
              SELECT string_agg(COALESCE(CAST(a.attname AS TEXT), 'expression'), ',' ORDER BY k.place)
              FROM unnest(x.indkey) WITH ORDINALITY k(number, place) LEFT JOIN pg_catalog.pg_attribute a
                ON a.attrelid = x.indrelid AND a.attnum = k.number AND k.number <> 0)
              || CASE WHEN x.indpred IS NULL THEN '' ELSE ' in part' END
              || CASE WHEN x.indisvalid THEN '' ELSE ' not valid' END
          FROM own i JOIN pg_catalog.pg_index x ON x.indexrelid = i.oid JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
          JOIN pg_catalog.pg_class c ON c.oid = i.oid JOIN pg_catalog.pg_am m ON m.oid = c.relam
        UNION ALL SELECT 'column', CAST(a.attname AS TEXT), CAST(t.relname AS TEXT),
            format_type(a.atttypid, a.atttypmod)
              || COALESCE(' COLLATE ' || CAST(l.collname AS TEXT), '')
              || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
              || COALESCE(CASE a.attgenerated WHEN '' THEN ' DEFAULT ' ELSE ' GENERATED ' END
                || pg_get_expr(d.adbin, d.adrelid), '')
          FROM own t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
          LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
          LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
          WHERE t.relkind = 'r'
        UNION ALL SELECT CASE n.contype WHEN 'c' THEN 'check' ELSE 'constraint' END,
            COALESCE(CAST(a.attname AS TEXT), CAST(n.conname AS TEXT)), CAST(t.relname AS TEXT),
            pg_get_constraintdef(n.oid)
          FROM own t JOIN pg_catalog.pg_constraint n ON n.conrelid = t.oid AND n.contype NOT IN ('p', 'n')
          LEFT JOIN pg_catalog.pg_attribute a
            ON a.attrelid = n.conrelid AND a.attnum = n.conkey[1] AND cardinality(n.conkey) = 1
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
