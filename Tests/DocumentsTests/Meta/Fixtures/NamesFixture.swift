/// DocTypes in Frappe's format: the other rules for names.
enum NamesFixture {
    static let text = #"""
        [
         {
          "actions": [],
          "autoname": "autoincrement",
          "creation": "2026-01-05 09:12:44.120000",
          "custom": 0,
          "doctype": "DocType",
          "engine": "InnoDB",
          "field_order": ["subject"],
          "fields": [
           {"fieldname": "subject", "fieldtype": "Data", "in_list_view": 1, "label": "Subject"}
          ],
          "index_web_pages_for_search": 1,
          "links": [],
          "modified": "2026-02-11 16:20:01.004100",
          "modified_by": "Administrator",
          "module": "Laboratory",
          "name": "Laboratory Log",
          "owner": "Administrator",
          "permissions": [
           {"create": 1, "delete": 1, "email": 1, "export": 1, "print": 1, "read": 1, "report": 1, "role": "System Manager", "share": 1, "write": 1}
          ],
          "sort_field": "modified",
          "sort_order": "DESC",
          "states": []
         },
         {
          "actions": [],
          "autoname": "UUID",
          "creation": "2026-01-05 09:12:44.120000",
          "custom": 0,
          "doctype": "DocType",
          "engine": "InnoDB",
          "field_order": ["subject"],
          "fields": [
           {"fieldname": "subject", "fieldtype": "Data", "in_list_view": 1, "label": "Subject"}
          ],
          "index_web_pages_for_search": 1,
          "links": [],
          "modified": "2026-02-11 16:20:01.004100",
          "modified_by": "Administrator",
          "module": "Laboratory",
          "name": "Laboratory Note",
          "owner": "Administrator",
          "permissions": [
           {"create": 1, "delete": 1, "email": 1, "export": 1, "print": 1, "read": 1, "report": 1, "role": "System Manager", "share": 1, "write": 1}
          ],
          "sort_field": "modified",
          "sort_order": "DESC",
          "states": []
         },
         {
          "actions": [],
          "autoname": "VIS-.YY.-.{kind}.-.####",
          "creation": "2026-01-05 09:12:44.120000",
          "custom": 0,
          "doctype": "DocType",
          "engine": "InnoDB",
          "field_order": ["subject", "kind"],
          "fields": [
           {"fieldname": "subject", "fieldtype": "Data", "in_list_view": 1, "label": "Subject"},
           {"fieldname": "kind", "fieldtype": "Data", "label": "Kind"}
          ],
          "index_web_pages_for_search": 1,
          "links": [],
          "modified": "2026-02-11 16:20:01.004100",
          "modified_by": "Administrator",
          "module": "Laboratory",
          "name": "Laboratory Visit",
          "owner": "Administrator",
          "permissions": [
           {"create": 1, "delete": 1, "email": 1, "export": 1, "print": 1, "read": 1, "report": 1, "role": "System Manager", "share": 1, "write": 1}
          ],
          "sort_field": "modified",
          "sort_order": "DESC",
          "states": []
         },
         {
          "actions": [],
          "autoname": "prompt",
          "creation": "2026-01-05 09:12:44.120000",
          "custom": 0,
          "doctype": "DocType",
          "engine": "InnoDB",
          "field_order": ["subject"],
          "fields": [
           {"fieldname": "subject", "fieldtype": "Data", "in_list_view": 1, "label": "Subject"}
          ],
          "index_web_pages_for_search": 1,
          "links": [],
          "modified": "2026-02-11 16:20:01.004100",
          "modified_by": "Administrator",
          "module": "Laboratory",
          "name": "Laboratory Visitor",
          "owner": "Administrator",
          "permissions": [
           {"create": 1, "delete": 1, "email": 1, "export": 1, "print": 1, "read": 1, "report": 1, "role": "System Manager", "share": 1, "write": 1}
          ],
          "sort_field": "modified",
          "sort_order": "DESC",
          "states": []
         },
         {
          "actions": [],
          "autoname": "format:S-{batch}-{MM}{DD}-{###}",
          "creation": "2026-01-05 09:12:44.120000",
          "custom": 0,
          "doctype": "DocType",
          "engine": "InnoDB",
          "field_order": ["subject", "batch"],
          "fields": [
           {"fieldname": "subject", "fieldtype": "Data", "in_list_view": 1, "label": "Subject"},
           {"fieldname": "batch", "fieldtype": "Data", "label": "Batch", "reqd": 1}
          ],
          "index_web_pages_for_search": 1,
          "links": [],
          "modified": "2026-02-11 16:20:01.004100",
          "modified_by": "Administrator",
          "module": "Laboratory",
          "name": "Laboratory Sample",
          "owner": "Administrator",
          "permissions": [
           {"create": 1, "delete": 1, "email": 1, "export": 1, "print": 1, "read": 1, "report": 1, "role": "System Manager", "share": 1, "write": 1}
          ],
          "sort_field": "modified",
          "sort_order": "DESC",
          "states": []
         },
         {
          "actions": [],
          "autoname": "hash",
          "creation": "2026-01-05 09:12:44.120000",
          "custom": 0,
          "doctype": "DocType",
          "engine": "InnoDB",
          "field_order": ["subject"],
          "fields": [
           {"fieldname": "subject", "fieldtype": "Data", "in_list_view": 1, "label": "Subject"}
          ],
          "index_web_pages_for_search": 1,
          "links": [],
          "modified": "2026-02-11 16:20:01.004100",
          "modified_by": "Administrator",
          "module": "Laboratory",
          "name": "Laboratory Badge",
          "owner": "Administrator",
          "permissions": [
           {"create": 1, "delete": 1, "email": 1, "export": 1, "print": 1, "read": 1, "report": 1, "role": "System Manager", "share": 1, "write": 1}
          ],
          "sort_field": "modified",
          "sort_order": "DESC",
          "states": []
         },
         {
          "actions": [],
          "creation": "2026-01-05 09:12:44.120000",
          "custom": 0,
          "doctype": "DocType",
          "engine": "InnoDB",
          "field_order": ["subject"],
          "fields": [
           {"fieldname": "subject", "fieldtype": "Data", "in_list_view": 1, "label": "Subject"}
          ],
          "index_web_pages_for_search": 1,
          "links": [],
          "modified": "2026-02-11 16:20:01.004100",
          "modified_by": "Administrator",
          "module": "Laboratory",
          "name": "Laboratory Paper",
          "owner": "Administrator",
          "permissions": [
           {"create": 1, "delete": 1, "email": 1, "export": 1, "print": 1, "read": 1, "report": 1, "role": "System Manager", "share": 1, "write": 1}
          ],
          "sort_field": "modified",
          "sort_order": "DESC",
          "states": []
         }
        ]
        """#
}
