"""Drives a served company with the package py-frappe-client from PyPI, as it is.

    drive_py_frappe_client.py URL USER PASSWORD API_KEY API_SECRET

The package raises nothing for what a server refuses: it hands on the answer.
"""

import datetime
import json
import sys

from frappe_client import FrappeRequest
from frappe_client.frappe_exceptions import GeneralException, MissingConfigException

import steps
from steps import refused, step

url, user, password, key, secret = sys.argv[1:]
company = steps.Company(url, key, secret)
WHO = "frappe.auth.get_logged_user"


def sign_in():
    """Signs in in each way, and returns a client that is signed in by password."""
    kept = []
    client = FrappeRequest(url, user, password, callback=kept.append)
    step("log in with password", client.get(WHO) == {"message": user})
    step("the session is handed over", [data["sid"] for data in kept] == [client.session_data["sid"]], kept)
    step("it is a session", client.is_legacy_auth)
    wrong = refused("a wrong password", GeneralException, lambda: FrappeRequest(url, user, "wrong"))
    step("it says so", wrong == "An error with frappe response occurred", wrong)
    by_key = FrappeRequest(url, api_key=key, api_secret=secret)
    step("log in with key", by_key.get(WHO) == {"message": user} and not by_key.is_legacy_auth)
    step("a wrong key", FrappeRequest(url, api_key=key, api_secret="x").get(WHO)["exc_type"] == "AuthenticationError")
    stranger = FrappeRequest(url)
    step("a stranger", stranger.get_doc("Customer")["exc_type"] == "PermissionError")
    step("what is open to strangers", stranger.get("ping") == {"message": "pong"})
    refused("a session and nobody's", MissingConfigException, lambda: FrappeRequest(url, session_data=kept[0]))

    for name, again in (
        ("a session that is kept", FrappeRequest(url, user, password, session_data=kept[0], callback=kept.append)),
        ("one that is signed in", FrappeRequest(url, user, password, callback=kept.append)),
    ):
        sids = again.session_data["sid"]
        step(name, again.get(WHO) == {"message": user})
        for way, call, right in (
            ("get", lambda: again.get(WHO), {"message": user}),
            ("post", lambda: again.post("frappe.client.get_count", data={"doctype": "Item"}), {"message": 2}),
            ("get_doc", lambda: again.get_doc("UOM", "Box")["data"]["name"], "Box"),
            ("pages", lambda: next(again.get_doc("UOM", pagination=True, limit_page_length=50))["data"],
             [{"name": "Box"}, {"name": "Nos"}]),
        ):
            company.end_session(sids)
            count = len(kept)
            seen = call()
            if way == "pages":
                seen = sorted(seen, key=lambda row: row["name"])
            step(f"{way} signs in again when the session has ended", seen == right, seen)
            step("once", len(kept) == count + 1, kept)
            sids = kept[-1]["sid"]
    return client


def headers():
    """Headers of the client and of the call reach the server, and arguments come as a form or as JSON."""
    named = FrappeRequest(url, api_key=key, api_secret=secret, headers={"X-Cauldron-Test": "1"})
    step("get with headers", named.get("ping", headers={"Accept": "application/json"}) == {"message": "pong"})
    step("post with headers", named.post("ping", headers={"Accept": "application/json"}) == {"message": "pong"})
    got = named.get_doc("UOM", "Nos", headers={"Accept": "application/json"})
    step("get_doc with headers", got["data"]["uom_name"] == "Nos", got)
    pages = list(named.get_doc("UOM", pagination=True, limit_page_length=5, headers={"Accept": "application/json"}))
    step("pages with headers", len(pages) == 1 and len(pages[0]["data"]) == 2, pages)


def documents(client):
    """Writes by methods, and reads and lists in every way."""
    made = client.post("frappe.client.insert", json={"doc": {
        "doctype": "Customer", "customer_name": "Café Zürich", "customer_type": "Company"}})["message"]
    step("insert by JSON", company.get("Customer", "Café Zürich")["creation"] == made["creation"], made)
    names = [f"Many {number:02}" for number in range(1, 26)]
    docs = [{"doctype": "Customer", "customer_name": name, "credit_limit": number}
            for number, name in enumerate(names, 1)]
    many = client.post("frappe.client.insert_many", data={"docs": json.dumps(docs)})
    step("insert many by a form", many == {"message": names}, many)
    step("all are there", company.names("Customer", name=["like", "Many %"]) == names)
    step("get with arguments", client.get("frappe.client.get_count", params={"doctype": "Customer"}) == {"message": 28})
    value = client.get("frappe.client.get_value", params={
        "doctype": "Customer", "fieldname": json.dumps(["name", "credit_limit"]),
        "filters": json.dumps({"credit_limit": 7})})
    step("get value", value == {"message": {"name": "Many 07", "credit_limit": 7}}, value)
    changed = client.post("frappe.client.set_value", data={
        "doctype": "Customer", "name": "Many 07", "fieldname": "website", "value": "seven.example"})
    step("set value", changed["message"]["website"] == "seven.example", changed)
    step("it is set", company.get("Customer", "Many 07")["website"] == "seven.example")
    renamed = client.post("frappe.client.rename_doc", data={
        "doctype": "Customer", "old_name": "Many 03", "new_name": "Few 03"})
    step("rename", renamed == {"message": "Few 03"} and company.get("Customer", "Many 03") is None, renamed)
    step("delete", client.post("frappe.client.delete", data={"doctype": "Customer", "name": "Few 03"}) == {})
    step("it is gone", company.get("Customer", "Few 03") is None)
    names.remove("Many 03")

    got = client.get_doc("Customer", "Café Zürich")["data"]
    step("get one", got["customer_type"] == "Company" and got["owner"] == user, got)
    step("a page of 20", len(client.get_doc("Customer")["data"]) == 20)
    some = client.get_doc(
        "Customer", filters=[["Customer", "name", "like", "many%"]], fields=["name", "credit_limit"],
        limit_page_length=4, limit_start=2, order_by="credit_limit desc")
    step("a list", some["data"] == [
        {"name": f"Many {number}", "credit_limit": number} for number in (23, 22, 21, 20)], some)
    one = client.get_doc("Customer", filters={"credit_limit": [">", 24]}, fields=["name"])
    step("conditions by field", one == {"data": [{"name": "Many 25"}]}, one)
    step("nothing", client.get_doc("Customer", filters={"name": "Nobody"}) == {"data": []})
    return names


def pages(client, names):
    """Page by page, to the end and not beyond."""
    asked = {"filters": {"name": ["like", "many%"]}, "fields": ["name"], "order_by": "name asc", "pagination": True}
    for length, sizes in ((10, [10, 10, 4]), (12, [12, 12, 0]), (24, [24, 0]), (0, [24]), (100, [24])):
        seen = list(client.get_doc("Customer", limit_page_length=length, **asked))
        step(f"pages of {length}", [len(page["data"]) for page in seen] == sizes, seen)
        step("all and in order", [row["name"] for page in seen for row in page["data"]] == names)
    later = list(client.get_doc("Customer", limit_page_length=10, limit_start=20, **asked))
    step("from a row on", [row["name"] for page in later for row in page["data"]] == names[20:], later)
    direct = list(client.get_paginated_doc("Customer", {"name": ["like", "many%"]}, limit_page_length=20))
    step("without the first door", [len(page["data"]) for page in direct] == [20, 4], direct)
    step("of nothing", list(client.get_doc("Starship", limit_page_length=5, **asked)) == [{"data": []}])
    single = client.get_doc("Customer", "Alfreds", pagination=True)
    step("one has no pages", single["data"]["name"] == "Alfreds", single)


def refusals(client):
    """What is refused comes as the answer, and nothing has changed."""
    for name, answer, kind in (
        ("an unknown method", client.get("frappe.client.explode"), "DoesNotExistError"),
        ("an unknown document", client.get_doc("Customer", "Nobody"), "DoesNotExistError"),
        ("an unknown field", client.get_doc("Customer", fields=["shoe_size"]), "DataError"),
        ("a mandatory field", client.post("frappe.client.insert", json={"doc": {"doctype": "Customer"}}),
         "MandatoryError"),
        ("a duplicate", client.post("frappe.client.insert", json={"doc": {
            "doctype": "Customer", "customer_name": "Many 02"}}), "DuplicateEntryError"),
        ("what is linked", client.post("frappe.client.delete", data={"doctype": "Customer", "name": "Alfreds"}),
         "LinkExistsError"),
    ):
        step(name, answer["exc_type"] == kind, answer)
    refused("what is no JSON", GeneralException, lambda: client.get(
        "frappe.desk.reportview.export_query", params={"doctype": "UOM", "file_format_type": "CSV"}))


def business(client):
    """An order becomes an invoice, which is paid for, and cancelled."""
    order = client.post("frappe.client.insert", json={"doc": {
        "doctype": "Sales Order", "customer": "Alfreds", "company": "Acme", "delivery_date": str(datetime.date.today()),
        "items": [{"item_code": "Chai", "qty": 3, "rate": "18.50", "warehouse": "Stores - A"}],
    }})["message"]
    order = client.post("frappe.client.submit", data={"doc": json.dumps(order)})["message"]
    step("submit", order["docstatus"] == 1 and order["grand_total"] == 55.5, order)
    draft = client.post("erpnext.selling.doctype.sales_order.sales_order.make_sales_invoice", data={
        "source_name": order["name"]})["message"]
    invoice = client.post("frappe.client.submit", json={"doc": draft})["message"]
    step("invoice", company.get("Sales Invoice", invoice["name"])["outstanding_amount"] == 55.5, invoice)
    payment = client.get("erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry", params={
        "dt": "Sales Invoice", "dn": invoice["name"]})["message"]
    payment |= {"reference_no": "1", "reference_date": str(datetime.date.today())}
    payment = client.post("frappe.client.submit", json={"doc": payment})
    step("payment", company.get("Sales Invoice", invoice["name"])["status"] == "Paid", payment)
    again = client.post("frappe.client.cancel", data={"doctype": "Sales Invoice", "name": invoice["name"]})
    step("what is paid stays", again["exc_type"] == "LinkExistsError", again)
    payment = payment["message"]["name"]
    for doctype, name in (("Payment Entry", payment), ("Sales Invoice", invoice["name"])):
        client.post("frappe.client.cancel", data={"doctype": doctype, "name": name})
        step(f"cancel the {doctype}", company.get(doctype, name)["docstatus"] == 2)


client = sign_in()
headers()
names = documents(client)
pages(client, names)
refusals(client)
business(client)
print("all steps done")
