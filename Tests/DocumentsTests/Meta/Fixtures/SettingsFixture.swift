/// DocTypes in Frappe's format: a single.
enum SettingsFixture {
    static let text = #"""
        [
         {
          "actions": [],
          "creation": "2026-01-05 09:12:44.120000",
          "custom": 0,
          "doctype": "DocType",
          "engine": "InnoDB",
          "field_order": ["lab_name", "days_between", "send_reminders", "contact", "parts"],
          "fields": [
           {"default": "Main Laboratory", "fieldname": "lab_name", "fieldtype": "Data", "label": "Laboratory Name", "reqd": 1},
           {"default": "365", "fieldname": "days_between", "fieldtype": "Int", "label": "Days Between"},
           {"default": "1", "fieldname": "send_reminders", "fieldtype": "Check", "label": "Send Reminders"},
           {"fieldname": "contact", "fieldtype": "Link", "label": "Contact", "options": "User"},
           {"fieldname": "parts", "fieldtype": "Table", "label": "Standard Parts", "options": "Instrument Part"}
          ],
          "hide_toolbar": 1,
          "in_create": 1,
          "index_web_pages_for_search": 1,
          "issingle": 1,
          "links": [],
          "modified": "2026-02-11 16:20:01.004100",
          "modified_by": "Administrator",
          "module": "Laboratory",
          "name": "Laboratory Settings",
          "owner": "Administrator",
          "permissions": [
           {"create": 1, "read": 1, "role": "System Manager", "write": 1}
          ],
          "read_only": 1,
          "sort_field": "modified",
          "sort_order": "DESC",
          "states": [],
          "track_changes": 1
         }
        ]
        """#
}
