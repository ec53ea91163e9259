"""Trains LightGBM on the table that bench/train.ts wrote; prints seconds, processor seconds and MiB."""

import json
import resource
import sys
import time

import lightgbm
import numpy

table = numpy.fromfile(sys.argv[1], dtype="float32").reshape(6, -1)
parameters = dict(
    objective="binary", num_leaves=63, learning_rate=0.1, max_bin=255, lambda_l2=1,
    min_data_in_leaf=100, num_threads=int(sys.argv[2]), verbose=-1,
)
started, cpu = time.perf_counter(), time.process_time()
data = lightgbm.Dataset(table[:5].T, table[5], categorical_feature=[3, 4])
model = lightgbm.train(parameters, data, 200)
seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(dict(seconds=seconds, cpu=cpu, memory=memory)))
