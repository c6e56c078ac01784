"""Drives a served company with the package frappe-client from PyPI, as it is.

    drive_frappe_client.py URL USER PASSWORD API_KEY API_SECRET
"""

import json
import sys

import frappeclient.frappeclient as frappeclient

import steps


def insert_many(client, docs):
    # The package's own insert_many asks for a module `frappe` that it does not import; this is what it means to send.
    try:
        client.insert_many(docs)
    except NameError:
        return client.post_request({"cmd": "frappe.client.insert_many", "docs": json.dumps(docs)})
    raise SystemExit("FAILED insert many: the package's own mistake is gone, so use its insert_many")


client = steps.sign_in(frappeclient, *sys.argv[1:])
company = steps.Company(sys.argv[1], *sys.argv[4:])
steps.documents(frappeclient, client, lambda docs: insert_many(client, docs), company)
steps.business(frappeclient, client, company)
steps.absent(frappeclient, client)
print("all steps done")
