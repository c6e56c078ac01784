/// DocTypes in Frappe's format: a tree whose names follow a format.
enum LocationFixture {
    static let text = #"""
        [
         {
          "actions": [],
          "allow_rename": 1,
          "autoname": "format:{location_name} - {YYYY}",
          "creation": "2026-01-05 09:12:44.120000",
          "custom": 0,
          "doctype": "DocType",
          "engine": "InnoDB",
          "field_order": [
           "location_name", "parent_laboratory_location", "is_group", "company", "lft", "rgt",
           "old_parent"
          ],
          "fields": [
           {"fieldname": "location_name", "fieldtype": "Data", "in_list_view": 1, "label": "Location", "reqd": 1},
           {"fieldname": "parent_laboratory_location", "fieldtype": "Link", "in_list_view": 1, "label": "Parent", "options": "Laboratory Location"},
           {"default": "0", "fieldname": "is_group", "fieldtype": "Check", "label": "Is Group"},
           {"fieldname": "company", "fieldtype": "Data", "label": "Company"},
           {"fieldname": "lft", "fieldtype": "Int", "hidden": 1, "label": "Left", "no_copy": 1, "read_only": 1},
           {"fieldname": "rgt", "fieldtype": "Int", "hidden": 1, "label": "Right", "no_copy": 1, "read_only": 1},
           {"fieldname": "old_parent", "fieldtype": "Link", "hidden": 1, "label": "Old Parent", "options": "Laboratory Location", "read_only": 1}
          ],
          "index_web_pages_for_search": 1,
          "is_tree": 1,
          "links": [],
          "modified": "2026-02-11 16:20:01.004100",
          "modified_by": "Administrator",
          "module": "Laboratory",
          "name": "Laboratory Location",
          "naming_rule": "Expression",
          "nsm_parent_field": "parent_laboratory_location",
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
