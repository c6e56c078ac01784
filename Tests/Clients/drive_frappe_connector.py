"""Drives a served company with the package frappe-connector from PyPI, as it is: its library, its command and its server
for assistants.

    drive_frappe_connector.py URL USER PASSWORD API_KEY API_SECRET
"""

import asyncio
import json
import os
import subprocess
import sys

from frappe_connector import FrappeConnector, FrappeException, LoginFailedError, ServerError, config
from mcp import Client, StdioServerParameters

import steps
from steps import refused, step

url, user, password, key, secret = sys.argv[1:]
company = steps.Company(url, key, secret)
WHO = "frappe.auth.get_logged_user"
LINES = [
    {"account": "Cash - A", "debit_in_account_currency": 12.5},
    {"account": "Sales - A", "credit_in_account_currency": "12.50"},
]


def raised(name, kind, call):
    """Ends the test unless the server refuses with an exception of this kind, as the package tells it."""
    try:
        seen = call()
    except ServerError as error:
        step(name, error.exc_type == kind and kind in error.server_traceback, error)
        return error.server_traceback
    raise SystemExit(f"FAILED {name}: no error, but {seen!r}")


def sign_in():
    """Signs in in each way, and returns a client that is signed in by key."""
    refused("no address", ValueError, FrappeConnector)
    with FrappeConnector(url + "/", user, password) as client:
        step("log in with password", client.get_api(WHO) == user)
        left = client
    step("left", not left._logged_in and not left._session.cookies.get("sid"))
    raised("after log out", "PermissionError", lambda: left.get_list("Customer"))
    wrong = refused("a wrong password", LoginFailedError, lambda: FrappeConnector(url, user, "wrong"))
    step("it says so", wrong == "Invalid credentials or login rejected by server.", wrong)
    client = FrappeConnector(url, api_key=key, api_secret=secret, timeout=60)
    step("log in with key", client.get_api(WHO) == user)
    raised("a wrong key", "AuthenticationError", lambda: FrappeConnector(url, api_key=key, api_secret="x").get_api(WHO))
    raised("a stranger", "PermissionError", lambda: FrappeConnector(url).get_list("Customer"))
    step("what is open to strangers", FrappeConnector(url).get_api("ping") == "pong")
    refused("no credentials", ValueError, lambda: config.connect(url))
    os.environ.update({"FRAPPE_URL": url, "FRAPPE_API_KEY": key, "FRAPPE_API_SECRET": secret})
    step("from the environment", config.connect().get_api(WHO) == user)
    return client


def documents(client):
    """Insert, read, change and delete documents, and list them in every way."""
    made = client.create_doc({"doctype": "Customer", "customer_name": "A/B Café #1 100%", "customer_type": "Company"})
    step("create", company.get("Customer", "A/B Café #1 100%")["creation"] == made["creation"], made)
    got = client.get_doc("Customer", "A/B Café #1 100%")
    step("get", got == made, got)
    few = client.get_doc("Customer", "A/B Café #1 100%", fields=["name", "customer_type"])
    step("get fields", few == {"name": "A/B Café #1 100%", "customer_type": "Company"}, few)
    got["website"] = "ab.example"
    changed = client.update_doc(got)
    step("update", changed["website"] == "ab.example" and changed["modified"] > got["modified"], changed)
    text = raised("a stale update", "TimestampMismatchError", lambda: client.update_doc(got))
    step("it says why", "modified" in text, text)
    part = client.update_doc({"doctype": "Customer", "name": got["name"], "credit_limit": "7.25"})
    step("update a part", part["credit_limit"] == 7.25 and part["website"] == "ab.example", part)

    names = [f"Many {number:02}" for number in range(1, 26)]
    docs = [{"doctype": "Customer", "customer_name": name, "credit_limit": number}
            for number, name in enumerate(names, 1)]
    step("post_api", client.post_api("frappe.client.insert_many", {"docs": docs}) == names)
    step("all are there", company.names("Customer", name=["like", "Many %"]) == names)
    counted = client.get_api("frappe.client.get_count", {"doctype": "Customer", "filters": {"credit_limit": [">", 20]}})
    step("get_api", counted == 5, counted)
    step("a page of 20", len(client.get_list("Customer")) == 20)
    step("all fields", client.get_list("Customer", filters={"name": "Many 09"})[0]["credit_limit"] == 9)
    step("everything", len(client.get_list("Customer", ["name"], page_size=0)) == 28)
    step("one field as text", client.get_list("Customer", "credit_limit", page_size=1, order_by="credit_limit desc")
         == [{"credit_limit": 25}])
    rows = client.get_list(
        "Customer", ["name"], [["name", "like", "many%"]], offset=20, page_size=10, order_by="name asc")
    step("a later page", [row["name"] for row in rows] == names[20:], rows)
    found = client.get_doc("Customer", filters={"credit_limit": ["between", [8, 8]]})
    step("get by conditions", found["name"] == "Many 08" and found["tax_id"] is None, found)
    refused("get neither", ValueError, lambda: client.get_doc("Customer"))

    step("rename", client.rename_doc("Customer", "Many 03", "Few 03") == "Few 03")
    step("the old name is gone", company.get("Customer", "Many 03") is None)
    step("delete", client.delete_doc("Customer", "Few 03") == {})
    step("it is gone", company.get("Customer", "Few 03") is None)


def submitting(client):
    """One entry, and several at once."""
    def draft():
        return client.create_doc({"doctype": "Journal Entry", "company": "Acme", "accounts": LINES})

    one = client.submit_doc(draft())
    step("submit", company.get("Journal Entry", one["name"])["docstatus"] == 1, one)
    step("it is posted", len(company.names("GL Entry", voucher_no=one["name"])) == 2)
    two = client.submit_doc([draft(), {"doctype": "Journal Entry", "name": draft()["name"]}])
    step("submit several", [entry["docstatus"] for entry in two] == [1, 1], two)
    again = client.submit_doc(one)
    step("submit again", again["docstatus"] == 1 and len(company.names("GL Entry", voucher_no=one["name"])) == 2)
    cancelled = client.post_api("frappe.client.cancel", {"doctype": "Journal Entry", "name": one["name"]})
    step("cancel", cancelled["docstatus"] == 2 and len(company.names("GL Entry", voucher_no=one["name"])) == 4)
    raised("delete what is submitted", "DocstatusTransitionError", lambda: client.delete_doc("Journal Entry", two[0]["name"]))


def refusals(client):
    """What is refused is told by its kind and in its sentence."""
    raised("a mandatory field", "MandatoryError", lambda: client.create_doc({"doctype": "Customer"}))
    raised("a duplicate", "DuplicateEntryError",
           lambda: client.create_doc({"doctype": "Customer", "customer_name": "Many 04"}))
    raised("what is linked", "LinkExistsError", lambda: client.delete_doc("Customer", "Alfreds"))
    raised("an unknown field", "DataError", lambda: client.get_list("Customer", ["shoe_size"]))
    text = refused("what is not there", FrappeException, lambda: client.get_doc("Customer", "Nobody"))
    step("it says what", text.startswith("DoesNotExistError: ") and "Nobody" in text, text)
    text = refused("what is no JSON", FrappeException, lambda: client.get_api(
        "frappe.desk.reportview.export_query", {"doctype": "UOM", "file_format_type": "CSV"}))
    step("it says so", text.startswith("Expected JSON from server but got HTTP 200"), text)


def command(*words, status=0, **more):
    """Runs the package's command, and returns what it prints as JSON; or what it says when it fails."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    ran = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "fcn"), *words], capture_output=True, encoding="utf-8",
        env=environment, timeout=120, check=False, **more)
    if ran.returncode != status:
        raise SystemExit(f"FAILED fcn {words}: {ran.stdout}{ran.stderr}")
    return json.loads(ran.stdout) if status == 0 else ran.stderr


def commands():
    """Each of the commands of `fcn`."""
    made = command("create", "Customer", '{"customer_name": "By Command"}')
    step("fcn create", company.get("Customer", "By Command")["creation"] == made["creation"], made)
    rows = command("--compact", "list", "Customer", "--fields", "name,credit_limit", "--filters",
                   '[["name", "like", "many 1%"]]', "--order-by", "name desc", "--limit", "2", "--offset", "1")
    step("fcn list", rows == [{"name": f"Many 1{n}", "credit_limit": 10 + n} for n in (8, 7)], rows)
    step("fcn get", command("get", "Customer", "By Command", "--fields", "name") == {"name": "By Command"})
    step("fcn get by conditions",
         command("get", "Customer", "--filters", '{"credit_limit": 11}', "--fields", '["name"]') == {"name": "Many 11"})
    changed = command("update", "Customer", "By Command", "-", input='{"website": "cli.example"}')
    step("fcn update", company.get("Customer", "By Command")["website"] == "cli.example", changed)
    step("fcn rename", command("rename", "Customer", "By Command", "By Hand") == "By Hand")
    counted = command("call", "frappe.client.get_count", "--get", "--params", '{"doctype": "Item"}')
    step("fcn call", counted == 2, counted)
    draft = command("create", "Journal Entry", json.dumps({"company": "Acme", "accounts": LINES}))
    step("fcn submit", command("submit", "Journal Entry", draft["name"], "--yes")["docstatus"] == 1)
    step("it is submitted", company.get("Journal Entry", draft["name"])["docstatus"] == 1)
    step("fcn delete", command("delete", "Customer", "By Hand", "--yes")["deleted"] is True)
    step("it is gone", company.get("Customer", "By Hand") is None)
    step("fcn with a password", command("--username", user, "--password", password, "call", WHO, "--get") == user)
    text = command("create", "Customer", "{}", status=1)
    step("fcn tells what is refused", text.startswith("error: server raised MandatoryError"), text)
    text = command("get", "Customer", "Nobody", status=1)
    step("fcn tells what is missing", text.startswith("error: DoesNotExistError: "), text)


async def assistant():
    """Each of the tools of the package's server for assistants."""
    program = os.path.join(os.path.dirname(sys.executable), "frappe-connector-mcp")

    def server(*options):
        return Client(StdioServerParameters(command=program, args=list(options), env=dict(os.environ)))

    async with server("--read-only") as client:
        tools = sorted(tool.name for tool in (await client.list_tools()).tools)
        step("what only reads", tools == ["get_document", "list_documents"], tools)

    async with server() as client:
        async def call(tool, **arguments):
            result = await client.call_tool(tool, arguments)
            text = result.content[0].text
            return text if result.is_error else json.loads(text)

        tools = {tool.name for tool in (await client.list_tools()).tools}
        made = await call("create_document", doctype="Customer", data={"customer_name": "By Assistant"})
        step("create_document", company.get("Customer", "By Assistant")["creation"] == made["creation"], made)
        rows = await call("list_documents", doctype="Customer", filters={"name": ["like", "by%"]}, limit=5)
        step("list_documents", rows == [{"name": "By Assistant"}], rows)
        got = await call("get_document", doctype="Customer", name="By Assistant", fields=["name", "docstatus"])
        step("get_document", got == {"name": "By Assistant", "docstatus": 0}, got)
        await call("update_document", doctype="Customer", name="By Assistant", data={"website": "ai.example"})
        step("update_document", company.get("Customer", "By Assistant")["website"] == "ai.example")
        renamed = await call("rename_document", doctype="Customer", old_name="By Assistant", new_name="By Nobody")
        step("rename_document", renamed == "By Nobody", renamed)
        gone = await call("delete_document", doctype="Customer", name="By Nobody")
        step("delete_document", gone["deleted"] and company.get("Customer", "By Nobody") is None, gone)
        draft = await call("create_document", doctype="Journal Entry", data={"company": "Acme", "accounts": LINES})
        await call("submit_document", doctype="Journal Entry", name=draft["name"])
        step("submit_document", company.get("Journal Entry", draft["name"])["docstatus"] == 1)
        counted = await call("call_method", method="frappe.client.get_count", params={"doctype": "Item"})
        asked = await call("call_method", method=WHO, http_method="GET")
        step("call_method", (counted, asked) == (2, user), (counted, asked))
        text = await call("create_document", doctype="Customer", data={})
        step("an assistant is told what is refused", "MandatoryError" in text, text)
        text = await call("get_document", doctype="Customer", name="Nobody")
        step("an assistant is told what is missing", "DoesNotExistError" in text and "Nobody" in text, text)
        used = {
            "list_documents", "get_document", "create_document", "update_document", "delete_document",
            "rename_document", "submit_document", "call_method",
        }
        step("these are all tools", tools == used, tools)


client = sign_in()
documents(client)
submitting(client)
refusals(client)
commands()
asyncio.run(assistant())
client.close()
print("all steps done")
