import Documents
import TestSupport
import Testing
import Values

/// Fields that clients of ERPNext send and that say something by being there: they are taken, kept and shown.
@Suite(.bothEngines) struct KeptFieldsTests {
    private static let contact: JSONObject = [
        "contact_display": "Ana Trujillo", "contact_mobile": "555-4729", "contact_email": "ana@example.com",
    ]

    private static func and(_ fields: JSONObject) -> JSONObject {
        var all = contact
        for (key, value) in fields.members { all[key] = value }
        return all
    }

    /// What is sent besides what makes the document, by DocType.
    private static let kept: [(doctype: String, fields: JSONObject)] = [
        (
            "Company",
            [
                "date_of_incorporation": "1990-01-02", "date_of_commencement": "1990-02-01",
                "company_logo": "/files/logo.png", "phone_no": "555-1", "fax": "555-2", "email": "nt@example.com",
                "website": "nt.example", "registration_details": "HRB 1", "company_description": "Trades in food",
                "monthly_sales_target": 1_000,
            ]
        ),
        (
            "Customer",
            [
                "image": "/files/shop.png", "account_manager": "clerk@example.com", "customer_pos_id": "P-7",
                "salutation": "Dr", "gender": "Other", "market_segment": "Upper", "industry": "Food",
            ]
        ),
        (
            "Supplier",
            [
                "image": "/files/mill.png", "is_transporter": 1, "on_hold": 1, "hold_type": "Payments",
                "release_date": "1996-01-31",
            ]
        ),
        (
            "Item",
            [
                "image": "/files/coffee.png", "warranty_period": "90", "shelf_life_in_days": 365, "weight_per_unit": 2,
                "weight_uom": "Nos", "country_of_origin": "Peru", "default_manufacturer_part_no": "C-1",
                "min_order_qty": 3,
            ]
        ),
        ("Journal Entry", ["bill_no": "B-1", "bill_date": "1996-01-01", "pay_to_recd_from": "Ana"]),
        ("Payment Entry", ["contact_email": "ana@example.com"]), ("Sales Order", and(["contact_phone": "555-3"])),
        ("Quotation", and(["shipping_address": "Dock 4"])),
        (
            "Sales Invoice",
            and([
                "address_display": "Dock 1", "shipping_address": "Dock 4", "terms": "Net 30", "posting_time": "9:30:00",
                "set_posting_time": 1,
            ])
        ),
        ("Delivery Note", and(["po_date": "1996-01-01", "driver_name": "Bo", "vehicle_no": "W-1"])),
        (
            "Purchase Order",
            and(["shipping_address_display": "Dock 4", "billing_address_display": "Desk 2"])
        ),
        (
            "Purchase Receipt",
            and([
                "address_display": "Mill", "transporter_name": "Fast", "lr_no": "L-1", "lr_date": "1996-01-02",
                "instructions": "Ring twice",
            ])
        ),
        ("Purchase Invoice", and(["posting_time": "9:30:00", "set_posting_time": 1])),
    ]

    @Test(arguments: kept)
    func `a field that says something by being there is kept and shown`(
        doctype: String, fields: JSONObject
    ) async throws {
        let trading = try await Trading()
        let example = try #require(HouseExamples.all[doctype])
        let name = try await trading.write { session in
            try session.make("User", ["email": "clerk@example.com", "first_name": "Clerk"])
            var sent = try example.values(session)
            for (key, value) in fields.members { sent[key] = value }
            return try session.make(doctype, sent).name
        }
        let shown = try await trading.read { session in session.present(try session.get(doctype, name)) }
        for (key, value) in fields.members { #expect(shown[key] == value, "\(key)") }
    }

    @Test func `masters that hang on others keep what they are sent`() async throws {
        let trading = try await Trading()
        try await trading.write { session in
            try session.make("User", ["email": "clerk@example.com", "first_name": "Clerk"])
            _ = try session.make("Price List", ["price_list_name": "Retail", "currency": "USD", "selling": 1])
        }
        let sent: [(String, JSONObject, JSONObject)] = [
            (
                "Warehouse", ["warehouse_name": "Annex", "company": .string(Trading.name)],
                [
                    "email_id": "annex@example.com", "phone_no": "555-1", "mobile_no": "555-2",
                    "address_line_1": "Dock 4", "address_line_2": "Gate 2", "city": "Kiel", "state": "SH",
                    "pin": "24103", "is_rejected_warehouse": 1,
                    "default_in_transit_warehouse": .string(Trading.stores),
                ]
            ),
            (
                "Item Price", ["item_code": "Chai", "price_list": "Retail", "price_list_rate": 5],
                ["packing_unit": 12, "lead_time_days": 3, "note": "Per crate", "reference": "Letter of May"]
            ),
            ("Currency", ["currency_name": "XTS"], ["symbol_on_right": 1, "number_format": "#.###,##"]),
            (
                "Contact", ["first_name": "Ana", "last_name": "Trujillo"],
                [
                    "middle_name": "María", "department": "Sales", "image": "/files/ana.png", "gender": "Female",
                    "status": "Open", "user": "clerk@example.com", "unsubscribed": 1,
                ]
            ),
            (
                "User", ["email": "ana@example.com", "first_name": "Ana"],
                [
                    "middle_name": "María", "user_image": "/files/ana.png", "phone": "555-1", "mobile_no": "555-2",
                    "birth_date": "1970-01-02", "location": "México", "interest": "Tea", "bio": "Sells tea",
                    "username": "ana", "gender": "Female", "language": "es", "time_zone": "America/Mexico_City",
                    "banner_image": "/files/sea.png", "email_signature": "Ana", "unsubscribed": 1, "mute_sounds": 1,
                    "desk_theme": "Dark", "thread_notify": 0, "send_me_a_copy": 1, "allowed_in_mentions": 0,
                ]
            ),
        ]
        for (doctype, base, fields) in sent {
            let name = try await trading.write { session in
                var object = base
                for (key, value) in fields.members { object[key] = value }
                return try session.make(doctype, object).name
            }
            let shown = try await trading.read { session in session.present(try session.get(doctype, name)) }
            for (key, value) in fields.members { #expect(shown[key] == value, "\(doctype).\(key)") }
            if doctype == "Contact" { #expect(shown["full_name"] == "Ana María Trujillo") }
        }
    }

    @Test func `the settings say how people see things`() async throws {
        let trading = try await Trading()
        let fields: JSONObject = [
            "country": "Germany", "language": "de", "date_format": "dd.mm.yyyy", "time_format": "HH:mm",
            "number_format": "#.###,##", "first_day_of_the_week": "Monday", "app_name": "Acme",
        ]
        let shown = try await trading.write { session in
            let settings = try session.get("System Settings", "System Settings")
            try session.apply(fields, to: settings)
            try session.save(settings)
            return session.present(try session.get("System Settings", "System Settings"))
        }
        for (key, value) in fields.members { #expect(shown[key] == value, "\(key)") }
    }

    @Test func `a barcode stands on one item alone`() async throws {
        let trading = try await Trading()
        @Sendable func item(_ code: String, _ barcode: String) -> JSONObject {
            [
                "item_code": .string(code), "item_group": "Goods", "stock_uom": "Nos",
                "barcodes": [["barcode": .string(barcode), "barcode_type": "EAN", "uom": "Nos"]],
            ]
        }
        try await trading.write { session in
            let made = try session.make("Item", item("Coffee", "4006381333931"))
            #expect(made.table("barcodes").first?.text("barcode") == "4006381333931")
            try session.make("Item", item("Tea", "4006381333948"))
        }
        let refused = await problem {
            try await trading.write { _ = try $0.make("Item", item("Mate", "4006381333931")) }
        }
        #expect(refused?.field == "barcode")
    }

    @Test func `a document shows the tax number and the territory of its customer`() async throws {
        let trading = try await Trading()
        let shown = try await trading.write { session -> [JSON] in
            try session.make("Territory", ["territory_name": "Basque Country"])
            let customer = try session.get("Customer", "Bólido")
            customer.set("tax_id", "ES-77")
            customer.set("territory", "Basque Country")
            try session.save(customer)
            return try ["Sales Invoice", "Sales Order"].map { doctype in
                let example = try #require(HouseExamples.all[doctype])
                return session.present(try session.make(doctype, example.values(session)))
            }
        }
        for document in shown {
            #expect(document["tax_id"] == "ES-77")
            #expect(document["territory"] == "Basque Country")
        }
    }
}

/// A contact of several addresses and numbers.
@Suite(.bothEngines) struct ContactRowsTests {
    @Test func `a contact is reached by the primary address and numbers of its rows`() async throws {
        let trading = try await Trading()
        try await trading.write { session in
            let one = try session.make(
                "Contact", ["first_name": "Ana", "email_ids": [["email_id": "ana@example.com"]]])
            #expect(one.text("email_id") == "ana@example.com")
            #expect(one.table("email_ids")[0].isSet("is_primary"))
            let many = try session.make(
                "Contact",
                [
                    "first_name": "Bo", "email_id": "old@example.com",
                    "email_ids": [["email_id": "a@example.com"], ["email_id": "b@example.com", "is_primary": 1]],
                    "phone_nos": [
                        ["phone": "555-1", "is_primary_mobile_no": 1], ["phone": "555-2", "is_primary_phone": 1],
                    ],
                ])
            #expect(many.text("email_id") == "b@example.com")
            #expect(many.text("phone") == "555-2")
            #expect(many.text("mobile_no") == "555-1")
        }
        let refused = await problem {
            try await trading.write { session in
                let rows: JSON = [["phone": "1", "is_primary_phone": 1], ["phone": "2", "is_primary_phone": 1]]
                _ = try session.make("Contact", ["first_name": "Cy", "phone_nos": rows])
            }
        }
        #expect(refused?.field == "is_primary_phone")
        #expect(refused?.row == 2)
    }
}
