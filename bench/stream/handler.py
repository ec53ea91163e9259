"""Their side of the benchmark: the consumer in Python, batch by batch, columns at once."""
import base64
import datetime
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

TYPES = {"date": str, "distance": (int, float), "origin": str, "destination": str}


def valid(row):
    return row.keys() == TYPES.keys() and all(isinstance(row[name], kind) for name, kind in TYPES.items())


def id_of(record):
    place = record["eventSourceARN"].rpartition("/")[2] + "/" + record["eventID"]
    digest = hashlib.sha256(place.encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"


def handler(event, put):
    records = event["Records"]
    rows = [json.loads(base64.b64decode(record["kinesis"]["data"])) for record in records]
    good = [index for index, row in enumerate(rows) if valid(row)]
    rows = [rows[index] for index in good]
    records = [records[index] for index in good]
    moments = [datetime.datetime.fromisoformat(row["date"]) for row in rows]
    probabilities = session.run(
        ["probability"],
        {
            "numbers": np.array([[row["distance"]] for row in rows], dtype=np.float32),
            "categories": np.array([[row["origin"], row["destination"]] for row in rows], dtype=object),
            "times": np.array([[moment.timestamp() * 1000] for moment in moments], dtype=np.float64),
        },
    )[0].tolist()
    put(
        [
            {
                "PartitionKey": record["kinesis"]["partitionKey"],
                "Data": json.dumps(
                    {
                        "id": id_of(record),
                        "model": "flight-delay",
                        "version": 1,
                        "source": "stream",
                        "at": datetime.datetime.fromtimestamp(
                            record["kinesis"]["approximateArrivalTimestamp"], datetime.timezone.utc
                        ).isoformat(),
                        "features": row,
                        "prediction": int(probability >= 0.4),
                        "probability": probability,
                        "entity": row["origin"],
                        "event": record["eventID"],
                    }
                ).encode(),
            }
            for record, row, probability in zip(records, rows, probabilities)
        ]
    )
    return {"batchItemFailures": []}


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
