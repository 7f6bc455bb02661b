"""From trip records to what a model learns from."""

from pathlib import Path

import joblib
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction import DictVectorizer
from sklearn.pipeline import make_pipeline

from armillary import flow, task

artifacts = Path("artifacts")
artifacts.mkdir(exist_ok=True)


class PrepareFeatures(BaseEstimator, TransformerMixin):
    """Trips as dictionaries of their categorical and numerical features. ``PU_DO`` is the pair of zones of a trip."""

    def __init__(self, categorical, numerical):
        self.categorical = categorical
        self.numerical = numerical

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        X = X.copy()
        X["PU_DO"] = X["PULocationID"].astype(str) + "_" + X["DOLocationID"].astype(str)
        X[self.categorical] = X[self.categorical].astype(str)
        return X[self.categorical + self.numerical].to_dict(orient="records")


@task
def load_training_dataframe(file_path, y_min=1, y_max=60):
    """Load data from disk and preprocess for training."""

    # Load data from disk
    data = pd.read_parquet(file_path)

    # Create target column and filter outliers
    data["duration"] = data.lpep_dropoff_datetime - data.lpep_pickup_datetime
    data["duration"] = data.duration.dt.total_seconds() / 60
    data = data[(data.duration >= y_min) & (data.duration <= y_max)]

    return data


@task
def fit_preprocessor(train_data):
    """Fit and save preprocessing pipeline."""

    # Unpack passed data
    y_train = train_data.duration.values
    X_train = train_data.drop("duration", axis=1)

    # Initialize pipeline
    categorical = ["PU_DO"]
    numerical = ["trip_distance"]

    preprocessor = make_pipeline(
        PrepareFeatures(categorical, numerical),
        DictVectorizer(),
    )

    # Fit only on train set
    preprocessor.fit(X_train, y_train)
    joblib.dump(preprocessor, artifacts / "preprocessor.pkl")

    return preprocessor


@task
def create_model_features(preprocessor, train_data, valid_data):
    """Fit feature engineering pipeline. Transform training dataframes."""

    # Unpack passed data
    y_train = train_data.duration.values
    y_valid = valid_data.duration.values
    X_train = train_data.drop("duration", axis=1)
    X_valid = valid_data.drop("duration", axis=1)

    # Feature engineering
    X_train = preprocessor.transform(X_train)
    X_valid = preprocessor.transform(X_valid)

    return X_train, y_train, X_valid, y_valid


@flow
def preprocess_data(train_data_path, valid_data_path):
    """Return feature and target arrays from paths.
    Note: This just combines all the functions above in a single step."""

    train_data = load_training_dataframe(train_data_path)
    valid_data = load_training_dataframe(valid_data_path)
    preprocessor = fit_preprocessor(train_data)

    # X_train, y_train, X_valid, y_valid
    return create_model_features(preprocessor, train_data, valid_data).result()
