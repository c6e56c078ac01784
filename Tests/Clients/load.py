"""Writes to a served company from several connections and notes what the server acknowledged.

    load.py URL API_KEY API_SECRET FILE SECONDS CLIENTS SEED [patient]

Each line of FILE is a document as it was last acknowledged: {doctype, name, docstatus, rows, postings}. A line is
written only after the answer that says so has arrived. Ends when the time is over or the server is gone; any answer
but success is an error. With "patient" a server that says its database is away is asked again, and what it does not
know the outcome of is left at that.
"""

import http.client
import json
import random
import sys
import threading
import time
from urllib.parse import quote, urlsplit

url, key, secret, path, seconds, clients, seed = sys.argv[1:8]
is_patient = sys.argv[8:] == ["patient"]
address = urlsplit(url).netloc
end = time.monotonic() + float(seconds)
headers = {"Authorization": f"token {key}:{secret}", "Content-Type": "application/json"}
acknowledged = open(path, "a", buffering=1)
writing = threading.Lock()
failures = []


class Gone(Exception):
    """The server does not answer any more."""


class Away(Exception):
    """The server answers, but not its database."""


class Client:
    def __init__(self, number):
        self.random = random.Random(f"{seed} {number}")
        self.connection = http.client.HTTPConnection(address, timeout=20)

    def send(self, method, doctype, name, body):
        target = "/api/resource/" + quote(doctype) + ("/" + quote(name) if name else "")
        try:
            self.connection.request(method, target, json.dumps(body), headers)
            response = self.connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Gone from error
        if is_patient and response.status >= 500:
            code = json.loads(data).get("code")
            if code in ("unavailable", "unknown_outcome"):
                time.sleep(0.05)
                raise Away
        if response.status != 200:
            raise AssertionError(f"{method} {target}: {response.status} {data[:500]}")
        return json.loads(data)["data"]

    def put(self, document, docstatus):
        return self.send("PUT", document["doctype"], document["name"], {"docstatus": docstatus})

    def entry(self):
        count = self.random.randint(1, 5)
        amounts = [self.random.randint(1, 100000) / 100 for _ in range(count)]
        total = round(sum(amounts), 2)
        rows = [{"account": "Cash - A", "debit_in_account_currency": amount} for amount in amounts]
        rows.append({"account": "Sales - A", "credit_in_account_currency": total})
        # Rows of one account become one posting.
        return "Journal Entry", {"company": "Acme", "accounts": rows}, len(rows), 2

    def invoice(self):
        items = [
            {"item_code": self.random.choice(["Chai", "Chang"]), "qty": self.random.randint(1, 9), "rate": 10}
            for _ in range(self.random.randint(1, 6))
        ]
        customer = self.random.choice(["Alfreds", "Bolido"])
        return "Sales Invoice", {"customer": customer, "company": "Acme", "items": items}, len(items), 2

    def work(self):
        doctype, body, rows, postings = self.random.choice([self.entry, self.invoice])()
        steps = self.random.choice([[0], [1], [0, 1], [0, 1, 2], [1, 2]])
        body["docstatus"] = steps[0]
        document = self.send("POST", doctype, None, body)
        note(document, rows, postings)
        for docstatus in steps[1:]:
            document = self.put(document, docstatus)
            note(document, rows, postings)

    def run(self):
        try:
            while time.monotonic() < end:
                try:
                    self.work()
                except Away:
                    pass
        except Gone:
            pass
        except Exception as error:
            failures.append(error)


def note(document, rows, postings):
    line = {
        "doctype": document["doctype"],
        "name": document["name"],
        "docstatus": document["docstatus"],
        "rows": rows,
        "postings": postings,
    }
    with writing:
        acknowledged.write(json.dumps(line) + "\n")


threads = [threading.Thread(target=Client(number).run) for number in range(int(clients))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for failure in failures:
    print(failure, file=sys.stderr)
sys.exit(1 if failures else 0)
