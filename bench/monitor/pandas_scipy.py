"""The same statistics by pandas and scipy, a column at a time."""
import json
import resource
import sys
import time

import numpy as np
import pandas as pd
from scipy import stats
from scipy.spatial.distance import jensenshannon

reference_file, current_file, names = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
BINS = 10
started = time.perf_counter()


def shares(counts):
    return counts / counts.sum()


def psi(reference, current):
    p, q = (shares(counts + 0.5) for counts in (reference, current))
    return float(((q - p) * np.log(q / p)).sum())


def of_numbers(a, b):
    a, b = a[~np.isnan(a)], b[~np.isnan(b)]
    edges = np.unique(np.quantile(a, np.arange(1, BINS) / BINS, method="inverted_cdf"))
    reference, current = (
        np.bincount(np.searchsorted(edges, x, side="left"), minlength=len(edges) + 1)
        for x in (a, b)
    )
    return {
        "psi": psi(reference, current),
        "jensen-shannon": float(jensenshannon(reference, current)),
        "ks": float(stats.ks_2samp(a, b, method="asymp").statistic),
        "wasserstein": float(stats.wasserstein_distance(a, b) / a.std(dtype=np.float64)),
    }


def of_categories(a, b):
    a, b = a.value_counts(), b.value_counts()
    # Of values that are as frequent, those that come first by name.
    top = a.sort_index().sort_values(ascending=False, kind="stable").index[:19]
    both = []
    for counts in (a, b):
        named = counts.reindex(top, fill_value=0)
        both.append(np.append(named.to_numpy(), counts.sum() - named.sum()).astype(float))
    used = [x[(both[0] + both[1]) > 0] for x in both]
    return {
        "psi": psi(*both),
        "jensen-shannon": float(jensenshannon(*both)),
        "chi-squared": float(stats.chi2_contingency(used).statistic),
    }


tests = {}
for name in names:
    a, b = (pd.read_parquet(f, columns=[name])[name] for f in (reference_file, current_file))
    numeric = pd.api.types.is_numeric_dtype(a)
    tests[name] = of_numbers(a.to_numpy(), b.to_numpy()) if numeric else of_categories(a, b)

usage = resource.getrusage(resource.RUSAGE_SELF)
print(
    json.dumps(
        {
            "seconds": time.perf_counter() - started,
            "cpuSeconds": usage.ru_utime + usage.ru_stime,
            "peakMiB": usage.ru_maxrss / 1024,
            "tests": tests,
        }
    )
)
