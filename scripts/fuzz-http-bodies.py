"""Tells schemathesis how the pieces of a resumable upload are sent; see fuzz-http."""

import schemathesis

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
