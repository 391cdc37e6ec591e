"""An estimator that fits any function, among the tools of scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from zygote_py.interop.scipy import minimize

base = pytest.importorskip("sklearn.base")


class Fitted(base.RegressorMixin, base.BaseEstimator):
    def __init__(self, model, start):
        self.model, self.start = model, start

    def fit(self, X, y):
        self.params_ = minimize(lambda p: np.mean((self.model(p, X) - y)**2), self.start).x
        return self

    def predict(self, X):
        return self.model(self.params_, X)


def wave(p, X):
    return p["a"] * np.sin(p["w"] * X[:, 0])


@pytest.mark.filterwarnings("ignore")
def test_pipelines_cross_validation_and_searches_take_it():
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    X = np.linspace(-1, 1, 40)[:, None]
    y = wave({"a": 1.5, "w": 2.5}, X)
    start = {"a": 1.0, "w": 2.0}
    assert base.clone(Fitted(wave, start)).fit(X, y).params_ == pytest.approx({"a": 1.5, "w": 2.5}, abs=1e-3)
    assert cross_val_score(Fitted(wave, start), X, y, cv=2) == pytest.approx([1.0, 1.0], abs=1e-4)
    assert make_pipeline(StandardScaler(), Fitted(wave, start)).fit(X, y).score(X, y) == pytest.approx(1.0, abs=1e-4)
    found = GridSearchCV(Fitted(wave, start), {"start": [{"a": 0.0, "w": 0.0}, start]}, cv=2).fit(X, y)
    assert found.best_params_ == {"start": start}
