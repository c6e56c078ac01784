/// DocTypes in Frappe's format: a submittable DocType with series, conditions and formulas.
enum CalibrationFixture {
    static let text = #"""
        [
         {
          "actions": [],
          "creation": "2026-01-05 09:12:44.120000",
          "custom": 0,
          "doctype": "DocType",
          "engine": "InnoDB",
          "field_order": ["point", "measured", "error", "passed", "reason"],
          "fields": [
           {"fieldname": "point", "fieldtype": "Float", "in_list_view": 1, "label": "Point", "reqd": 1},
           {"allow_on_submit": 1, "fieldname": "measured", "fieldtype": "Float", "in_list_view": 1, "label": "Measured"},
           {"fieldname": "error", "fieldtype": "Float", "formula": "doc.measured - doc.point", "in_list_view": 1, "label": "Error", "read_only": 1},
           {"default": "1", "fieldname": "passed", "fieldtype": "Check", "label": "Passed"},
           {"depends_on": "eval:!doc.passed", "fieldname": "reason", "fieldtype": "Data", "label": "Reason", "mandatory_depends_on": "eval:!doc.passed"}
          ],
          "index_web_pages_for_search": 1,
          "istable": 1,
          "links": [],
          "modified": "2026-02-11 16:20:01.004100",
          "modified_by": "Administrator",
          "module": "Laboratory",
          "name": "Calibration Reading",
          "owner": "Administrator",
          "permissions": [],
          "sort_field": "modified",
          "sort_order": "DESC",
          "states": []
         },
         {
          "actions": [],
          "allow_auto_repeat": 1,
          "autoname": "naming_series:",
          "creation": "2026-01-05 09:12:44.120000",
          "custom": 0,
          "doctype": "DocType",
          "engine": "InnoDB",
          "field_order": [
           "naming_series", "instrument", "instrument_title", "instrument_state", "calibrated_on",
           "laboratory", "certificate", "result", "readings", "cost", "worst", "amended_from"
          ],
          "fields": [
           {"fieldname": "naming_series", "fieldtype": "Select", "label": "Series", "no_copy": 1, "options": "CAL-.YYYY.-\nLAB-.MM.-.###", "print_hide": 1, "reqd": 1, "set_only_once": 1},
           {"fieldname": "instrument", "fieldtype": "Link", "in_list_view": 1, "in_standard_filter": 1, "label": "Instrument", "options": "Instrument", "reqd": 1},
           {"fetch_from": "instrument.title", "fieldname": "instrument_title", "fieldtype": "Data", "label": "Instrument Title", "read_only": 1},
           {"fetch_from": "instrument.state", "fetch_if_empty": 1, "fieldname": "instrument_state", "fieldtype": "Data", "label": "State"},
           {"default": "Today", "fieldname": "calibrated_on", "fieldtype": "Date", "label": "Calibrated On", "reqd": 1},
           {"fieldname": "laboratory", "fieldtype": "Data", "label": "Laboratory", "mandatory_depends_on": "eval:doc.result == \"Failed\""},
           {"allow_on_submit": 1, "fieldname": "certificate", "fieldtype": "Data", "label": "Certificate", "read_only_depends_on": "eval:doc.docstatus == 1 || doc.result=='Failed'"},
           {"default": "Passed", "fieldname": "result", "fieldtype": "Select", "in_list_view": 1, "label": "Result", "options": "Passed\nFailed"},
           {"allow_on_submit": 1, "fieldname": "readings", "fieldtype": "Table", "label": "Readings", "options": "Calibration Reading", "reqd": 1},
           {"fieldname": "cost", "fieldtype": "Currency", "label": "Cost", "non_negative": 1, "permlevel": 1},
           {"fieldname": "worst", "fieldtype": "Float", "formula": "math.greatest(doc.readings.map(r, math.abs(r.error)))", "label": "Worst Error", "read_only": 1},
           {"fieldname": "amended_from", "fieldtype": "Link", "label": "Amended From", "no_copy": 1, "options": "Calibration", "print_hide": 1, "read_only": 1}
          ],
          "index_web_pages_for_search": 1,
          "is_submittable": 1,
          "links": [],
          "modified": "2026-02-11 16:20:01.004100",
          "modified_by": "Administrator",
          "module": "Laboratory",
          "name": "Calibration",
          "naming_rule": "By \"Naming Series\" field",
          "owner": "Administrator",
          "permissions": [
           {"amend": 1, "cancel": 1, "create": 1, "delete": 1, "email": 1, "export": 1, "print": 1, "read": 1, "report": 1, "role": "System Manager", "share": 1, "submit": 1, "write": 1},
           {"permlevel": 1, "read": 1, "role": "System Manager", "write": 1},
           {"create": 1, "if_owner": 1, "read": 1, "role": "All", "submit": 1, "write": 1}
          ],
          "sort_field": "calibrated_on",
          "sort_order": "ASC",
          "states": [],
          "title_field": "instrument_title",
          "track_changes": 1
         }
        ]
        """#
}
