"""Sends a large file with the package tuspy from PyPI, as it is.

    tus_client.py URL API_KEY API_SECRET
"""

import hashlib
import io
import random
import sys

import requests
from tusclient import client

url, key, secret = sys.argv[1:]
headers = {"Authorization": f"token {key}:{secret}"}
content = random.Random(8).randbytes(5_000_000)


def uploader(**more):
    sender = client.TusClient(url + "/api/uploads", headers=headers)
    return sender.uploader(
        file_stream=io.BytesIO(content), chunk_size=1_000_000, metadata={"filename": "measured.bin"}, **more
    )


# The first client stops on the way; another one goes on where it stopped.
first = uploader()
first.upload(stop_at=2_000_000)
second = uploader(url=first.url)
if second.offset != 2_000_000:
    raise SystemExit(f"FAILED: the upload is at {second.offset}")
second.upload()

done = requests.post(
    url + "/api/method/upload_file", headers=headers, json={"upload": first.url.rsplit("/", 1)[1]}, timeout=60
)
if done.status_code != 200 or done.json()["message"]["file_size"] != len(content):
    raise SystemExit(f"FAILED: {done.status_code} {done.text}")
file = requests.get(url + done.json()["message"]["file_url"], headers=headers, timeout=60)
if hashlib.sha256(file.content).digest() != hashlib.sha256(content).digest():
    raise SystemExit("FAILED: the file is another one")
part = requests.get(
    url + done.json()["message"]["file_url"], headers={**headers, "Range": "bytes=100-199"}, timeout=60
)
if part.status_code != 206 or part.content != content[100:200]:
    raise SystemExit("FAILED: the range is another one")
print("all steps done")
