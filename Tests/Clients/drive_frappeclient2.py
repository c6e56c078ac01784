"""Drives a served company with the package frappeclient2 from PyPI, as it is.

    drive_frappeclient2.py URL USER PASSWORD API_KEY API_SECRET
"""

import sys

import frappeclient.frappeclient as frappeclient

import steps

client = steps.sign_in(frappeclient, *sys.argv[1:])
company = steps.Company(sys.argv[1], *sys.argv[4:])
steps.documents(frappeclient, client, client.insert_many, company)
steps.business(frappeclient, client, company)
steps.absent(frappeclient, client)
print("all steps done")
