"""Writes tables for bench/quality.ts into a folder, with what LightGBM and scikit-learn make of them."""

import json
import sys

import lightgbm
import numpy
from sklearn import datasets, ensemble, linear_model, metrics, model_selection, pipeline, preprocessing

folder = sys.argv[1]


def classification(rows, seed, **options):
    return datasets.make_classification(rows, random_state=seed, **options)


def skewed():
    x, y = classification(30_000, 3, n_features=15, n_informative=6, weights=[0.98], flip_y=0.005)
    return x, y


def missing():
    x, y = classification(20_000, 5, n_features=12, n_informative=6)
    holes = numpy.random.default_rng(5).random(x.shape) < 0.2
    x[holes] = numpy.nan
    return x, y


def many_categories():
    draw = numpy.random.default_rng(7)
    effects = draw.normal(0, 1, 5000)
    codes = (draw.zipf(1.3, 60_000) % 5000).astype(float)
    x = draw.normal(size=(60_000, 3))
    score = effects[codes.astype(int)] + x[:, 0] - 0.5 * x[:, 1] * x[:, 2]
    y = (draw.random(60_000) < 1 / (1 + numpy.exp(-score))).astype(int)
    return numpy.column_stack([x, codes]), y


TABLES = {
    "breast-cancer": ("binary", lambda: datasets.load_breast_cancer(return_X_y=True), []),
    "binary-1k": ("binary", lambda: classification(1500, 1, n_features=20, n_informative=8), []),
    "binary-10k": ("binary", lambda: classification(14_000, 2, n_features=20, n_informative=10), []),
    "binary-300k": ("binary", lambda: classification(400_000, 4, n_features=20, n_informative=10), []),
    "skewed": ("binary", skewed, []),
    "missing": ("binary", missing, []),
    "many-categories": ("binary", many_categories, [3]),
    "wine": ("multiclass", lambda: datasets.load_wine(return_X_y=True), []),
    "digits": ("multiclass", lambda: datasets.load_digits(return_X_y=True), []),
    "multiclass-20k": (
        "multiclass",
        lambda: classification(26_000, 6, n_features=20, n_informative=10, n_classes=5),
        [],
    ),
    "diabetes": ("regression", lambda: datasets.load_diabetes(return_X_y=True), []),
    "friedman-2k": ("regression", lambda: datasets.make_friedman1(3000, noise=1.0, random_state=8), []),
    "friedman-50k": ("regression", lambda: datasets.make_friedman1(70_000, noise=1.0, random_state=9), []),
}

SCORES = {
    "binary": lambda y, p: (metrics.roc_auc_score(y, p), metrics.log_loss(y, p)),
    "multiclass": lambda y, p: (metrics.accuracy_score(y, p.argmax(axis=1)), metrics.log_loss(y, p)),
    "regression": lambda y, p: (metrics.root_mean_squared_error(y, p),) * 2,
}


def predictions(kind, model, x):
    if kind == "regression":
        return model.predict(x)
    p = model.predict_proba(x)
    return p[:, 1] if kind == "binary" else p


def models(kind, categories):
    boosted = lightgbm.LGBMRegressor if kind == "regression" else lightgbm.LGBMClassifier
    histogram = (
        ensemble.HistGradientBoostingRegressor
        if kind == "regression"
        else ensemble.HistGradientBoostingClassifier
    )
    linear = linear_model.Ridge() if kind == "regression" else linear_model.LogisticRegression()
    yield "lightgbm", boosted(n_estimators=200, learning_rate=0.1, num_leaves=31, n_jobs=2, verbose=-1), {
        "categorical_feature": categories
    } if categories else {}
    if not categories:
        yield "histogram", histogram(max_iter=200, early_stopping=False), {}
        yield "linear", pipeline.make_pipeline(preprocessing.StandardScaler(), linear), {}


results = []
for name, (kind, load, categories) in TABLES.items():
    x, y = load()
    parts = model_selection.train_test_split(x, y, test_size=0.3, random_state=0)
    x_train, x_test, y_train, y_test = parts
    scores = {}
    for label, model, options in models(kind, categories):
        if label == "linear" and numpy.isnan(x).any():
            continue
        model.fit(x_train, y_train, **options)
        scores[label] = SCORES[kind](y_test, predictions(kind, model, x_test))
    for part, x_part, y_part in (("train", x_train, y_train), ("test", x_test, y_test)):
        matrix = numpy.column_stack([x_part, y_part]).astype("float64")
        matrix.T.tofile(f"{folder}/{name}.{part}.f64")
    classes = int(y.max()) + 1 if kind != "regression" else 0
    results.append(
        dict(name=name, kind=kind, width=x.shape[1], categories=categories, classes=classes, scores=scores)
    )
print(json.dumps(results))
