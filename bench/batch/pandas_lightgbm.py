"""The same batch by pandas and LightGBM: `pandas_lightgbm.py fit|score <folder> <flights.parquet>`."""

import json
import resource
import sys
import time

import lightgbm
import pandas

step, folder, flights = sys.argv[1:]
started = time.time()
imports = resource.getrusage(resource.RUSAGE_SELF)


def features(table, airports):
    return pandas.DataFrame(
        {
            'distance': table.distance.astype('float32'),
            'minute_of_day': table.date.dt.hour * 60 + table.date.dt.minute,
            'day_of_week': table.date.dt.dayofweek,
            'origin': table.origin.astype(airports),
            'destination': table.destination.astype(airports),
        }
    )


if step == 'fit':
    table = pandas.read_parquet(flights)
    codes = sorted(set(table.origin) | set(table.destination))
    training = table[table.date < '2001-05-01'].iloc[::4]
    parameters = dict(
        objective='binary', num_leaves=63, learning_rate=0.1, max_bin=255, lambda_l2=1,
        min_data_in_leaf=100, num_threads=2, verbose=-1,
    )
    data = lightgbm.Dataset(
        features(training, pandas.CategoricalDtype(codes)), (training.delay >= 15).astype(int)
    )
    lightgbm.train(parameters, data, 200).save_model(f'{folder}/model.txt')
    json.dump(codes, open(f'{folder}/airports.json', 'w'))
else:
    airports = pandas.CategoricalDtype(json.load(open(f'{folder}/airports.json')))
    model = lightgbm.Booster(model_file=f'{folder}/model.txt')
    table = pandas.read_parquet(flights)
    probability = model.predict(features(table, airports), num_threads=2)
    out = table[['date', 'origin']].copy()
    out['prediction_id'] = [f'01234567-89ab-8def-8123-{row:012x}' for row in range(len(out))]
    out['prediction'] = (probability >= 0.4).astype('int32')
    out['probability'] = probability.astype('float32')
    out['version'] = 1
    out.to_parquet(f'{folder}/lightgbm.parquet', compression='zstd')
    used = resource.getrusage(resource.RUSAGE_SELF)
    took = {
        'rows': len(out),
        'cpuSeconds': used.ru_utime + used.ru_stime - imports.ru_utime - imports.ru_stime,
        'seconds': time.time() - started,
        'peakMiB': used.ru_maxrss / 1024,
    }
    print(json.dumps(took))
