/// DocTypes in Frappe's format: a virtual DocType.
enum FeedFixture {
    static let text = #"""
        [
         {
          "actions": [],
          "creation": "2026-01-05 09:12:44.120000",
          "custom": 0,
          "doctype": "DocType",
          "engine": "InnoDB",
          "field_order": ["title", "amount", "happened"],
          "fields": [
           {"fieldname": "title", "fieldtype": "Data", "in_list_view": 1, "label": "Title"},
           {"fieldname": "amount", "fieldtype": "Currency", "label": "Amount"},
           {"fieldname": "happened", "fieldtype": "Datetime", "label": "Happened"}
          ],
          "index_web_pages_for_search": 1,
          "is_virtual": 1,
          "links": [],
          "modified": "2026-02-11 16:20:01.004100",
          "modified_by": "Administrator",
          "module": "Laboratory",
          "name": "Laboratory Feed",
          "owner": "Administrator",
          "permissions": [
           {"read": 1, "report": 1, "role": "System Manager"}
          ],
          "sort_field": "modified",
          "sort_order": "DESC",
          "states": []
         }
        ]
        """#
}
