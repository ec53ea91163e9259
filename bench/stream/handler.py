"""
Their side of the benchmark: the consumer in Python, batch by batch, columns at once. It does what
ours does with such events: unzips, checks every value, sets aside by itself what is wrong, takes
ids and entities that events bring and makes those that they do not. What these events never ask
for, CloudEvents and aggregated records, is recognized and not done; nothing is counted for metrics.
"""
import base64
import datetime
import gzip
import hashlib
import json
import sys
import time

import numpy as np
import onnxruntime as ort

options = ort.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = ort.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])

FEATURES = {"date", "distance", "origin", "destination"}
BESIDE = {"id", "entity", "time"}
NAMES = FEATURES | BESIDE
GZIP, AGGREGATED = b"\x1f\x8b", b"\xf3\x89\x9a\xc2"
MOST_BYTES = 1024 * 1024
NAN = float("nan")


class NotAnEvent(Exception):
    """The event cannot be answered; its arguments are the reason and what is wrong."""


def id_of(record):
    place = record["eventSourceARN"].rpartition("/")[2] + "/" + record["eventID"]
    digest = hashlib.sha256(place.encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"


def as_id(value):
    if type(value) is int:
        return str(value)
    if not isinstance(value, str) or not 0 < len(value) <= 256:
        raise NotAnEvent("not-an-event", value)
    return value


def category(value):
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 1024:
        raise NotAnEvent("invalid", value)
    return value


def number(value):
    if value is None:
        return NAN
    if type(value) not in (int, float):
        raise NotAnEvent("invalid", value)
    return value


def milliseconds(value):
    if value is None:
        return NAN
    if type(value) in (int, float):
        return float(value)
    try:
        return datetime.datetime.fromisoformat(value).timestamp() * 1000
    except (TypeError, ValueError) as problem:
        raise NotAnEvent("invalid", value) from problem


def read(record):
    """What a record says: its row, the model's inputs, and id and entity."""
    data = base64.b64decode(record["kinesis"]["data"])
    if data.startswith(GZIP):
        data = gzip.decompress(data)
    if data.startswith(AGGREGATED):
        raise NotImplementedError("aggregated records are not part of the comparison")
    try:
        row = json.loads(data)
    except ValueError as problem:
        raise NotAnEvent("unreadable", data) from problem
    if not isinstance(row, dict) or "specversion" in row:
        raise NotAnEvent("not-an-event", row)
    if not FEATURES <= row.keys() <= NAMES:
        raise NotAnEvent("invalid", sorted(row))
    features = {
        "date": row["date"],
        "distance": row["distance"],
        "origin": category(row["origin"]),
        "destination": category(row["destination"]),
    }
    if "time" in row:
        milliseconds(row["time"])
    return (
        features,
        number(row["distance"]),
        milliseconds(row["date"]),
        as_id(row["id"]) if "id" in row else id_of(record),
        as_id(row["entity"]) if "entity" in row else features["origin"],
    )


def read_all(records, quarantined):
    """The records that can be answered, beside what they say."""
    for record in records:
        try:
            yield record, *read(record)
        except NotAnEvent as problem:
            quarantined.append((record["eventID"], *problem.args))


def handler(event, put):
    quarantined = []
    records, rows, numbers, times, ids, entities = zip(*read_all(event["Records"], quarantined))
    numbers = np.array(numbers, dtype=np.float32)[:, None]
    probabilities = session.run(
        ["probability"],
        {
            "numbers": numbers,
            "categories": np.array([[row["origin"], row["destination"]] for row in rows], dtype=object),
            "times": np.array(times, dtype=np.float64)[:, None],
        },
    )[0]
    fits = np.isfinite(probabilities) & ~np.isinf(numbers[:, 0])
    answers = []
    for record, row, id, entity, probability, fit in zip(
        records, rows, ids, entities, probabilities.tolist(), fits.tolist()
    ):
        data = json.dumps(
            {
                "id": id,
                "model": "flight-delay",
                "version": 1,
                "source": "stream",
                "at": datetime.datetime.fromtimestamp(
                    record["kinesis"]["approximateArrivalTimestamp"], datetime.timezone.utc
                ).isoformat(),
                "features": row,
                "prediction": int(probability >= 0.4),
                "probability": probability,
                "entity": entity,
                "event": record["eventID"],
            }
        ).encode()
        if fit and len(data) <= MOST_BYTES:
            answers.append({"PartitionKey": record["kinesis"]["partitionKey"], "Data": data})
        else:
            quarantined.append((record["eventID"], "unscorable" if not fit else "too-large"))
    put(answers)
    return {"batchItemFailures": [], "quarantined": quarantined}


events = [json.loads(line) for line in open(sys.argv[2])]
wanted = int(sys.argv[3])
put = []
for event in events[:20]:
    handler(event, put.append)
done = 0
started = time.process_time()
while done < wanted:
    event = events[(done // 500) % len(events)]
    put.clear()
    handler(event, put.append)
    done += len(put[0])
print(json.dumps({"records": done, "cpuSeconds": time.process_time() - started}))
