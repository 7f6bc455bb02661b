"""Train, compare and stage: a linear model, XGBoost models found by TPE search, and the best of them in the model registry.

python main.py
"""

import time
from datetime import datetime
from functools import partial
from pathlib import Path

import mlflow
import xgboost as xgb
from hyperopt import STATUS_OK, Trials, fmin, hp, tpe
from hyperopt.pyll import scope
from mlflow.entities import ViewType
from mlflow.tracking import MlflowClient
from sklearn.linear_model import LinearRegression
from sklearn.metrics import root_mean_squared_error
from utils import preprocess_data

from armillary import flow, task
from armillary.context import get_run_context
from armillary.task_runners import SequentialTaskRunner


def seconds_per_trip(predict, num_trips):
    """Inference time of one trip, the median of five predictions over all."""

    times = []
    for _ in range(5):
        started = time.perf_counter()
        predict()
        times.append((time.perf_counter() - started) / num_trips)
    return sorted(times)[2]


def log_fit(model_name, y_train, predicted_train, y_valid, predicted_valid, inference_time):
    """Log what both kinds of model are compared by. Returns the validation error."""

    rmse_valid = root_mean_squared_error(y_valid, predicted_valid)
    mlflow.set_tag("model", model_name)
    mlflow.log_metric("rmse_train", root_mean_squared_error(y_train, predicted_train))
    mlflow.log_metric("rmse_valid", rmse_valid)
    mlflow.log_metric("inference_time", inference_time)
    mlflow.log_artifact("artifacts/preprocessor.pkl", artifact_path="preprocessor")
    return rmse_valid


def objective(params, xgb_train, y_train, xgb_valid, y_valid):
    """Compute validation RMSE (one trial = one run)."""

    with mlflow.start_run():
        model = xgb.train(
            params=params,
            dtrain=xgb_train,
            num_boost_round=100,
            evals=[(xgb_valid, "validation")],
            early_stopping_rounds=5,
            verbose_eval=False,
        )

        # MLflow logging
        mlflow.log_params(params)
        rmse_valid = log_fit(
            "xgboost",
            y_train,
            model.predict(xgb_train),
            y_valid,
            model.predict(xgb_valid),
            seconds_per_trip(lambda: model.predict(xgb_valid), len(y_valid)),
        )
        mlflow.xgboost.log_model(model, name="model")

    return {"loss": rmse_valid, "status": STATUS_OK}


@task
def xgboost_runs(num_runs, data):
    """Run TPE algorithm on search space to minimize objective."""

    X_train, y_train, X_valid, y_valid = data
    xgb_train = xgb.DMatrix(X_train, label=y_train)
    xgb_valid = xgb.DMatrix(X_valid, label=y_valid)

    search_space = {
        "max_depth": scope.int(hp.quniform("max_depth", 4, 100, 1)),
        "learning_rate": hp.loguniform("learning_rate", -3, 0),
        "reg_alpha": hp.loguniform("reg_alpha", -5, -1),
        "reg_lambda": hp.loguniform("reg_lambda", -6, -1),
        "min_child_weight": hp.loguniform("min_child_weight", -1, 3),
        "objective": "reg:squarederror",
        "seed": 42,
    }

    best_result = fmin(
        fn=partial(
            objective,
            xgb_train=xgb_train,
            y_train=y_train,
            xgb_valid=xgb_valid,
            y_valid=y_valid,
        ),
        space=search_space,
        algo=tpe.suggest,
        max_evals=num_runs,
        trials=Trials(),
    )
    return best_result


@task
def linreg_runs(data):
    """Run linear regression training."""

    X_train, y_train, X_valid, y_valid = data

    with mlflow.start_run():
        model = LinearRegression()
        model.fit(X_train, y_train)

        # MLflow logging
        log_fit(
            "linear-regression",
            y_train,
            model.predict(X_train),
            y_valid,
            model.predict(X_valid),
            seconds_per_trip(lambda: model.predict(X_valid), len(y_valid)),
        )
        mlflow.sklearn.log_model(model, name="model")


@flow(task_runner=SequentialTaskRunner())
def main(
    train_data_path,
    valid_data_path,
    num_xgb_runs,
    experiment_name,
    tracking_uri,
):
    # Set and run experiment
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.set_experiment(experiment_name)

    data = preprocess_data(train_data_path, valid_data_path)
    linreg_runs(data)
    xgboost_runs(num_xgb_runs, data)


@task
def stage_model(tracking_uri, experiment_name):
    """Register and stage best model."""

    # Get best model from current experiment
    client = MlflowClient(tracking_uri=tracking_uri)
    candidates = client.search_runs(
        experiment_ids=[client.get_experiment_by_name(experiment_name).experiment_id],
        filter_string="metrics.rmse_valid < 6.5 and metrics.inference_time < 20e-6",
        run_view_type=ViewType.ACTIVE_ONLY,
        max_results=5,
        order_by=["metrics.rmse_valid ASC"],
    )

    # Register and stage best model
    best_model = candidates[0]
    registered_model = mlflow.register_model(
        model_uri=f"runs:/{best_model.info.run_id}/model",
        name="NYCRideDurationModel",
    )

    client.transition_model_version_stage(
        name="NYCRideDurationModel",
        version=registered_model.version,
        stage="Staging",
    )

    # Update description of staged model
    client.update_model_version(
        name="NYCRideDurationModel",
        version=registered_model.version,
        description=f"[{datetime.now()}] The model version {registered_model.version} from experiment '{experiment_name}' was transitioned to Staging.",
    )


@flow(name="mlflow-staging", task_runner=SequentialTaskRunner())
def mlflow_staging(train_data_path, valid_data_path, num_xgb_runs=1):
    # Setup experiment
    ctx = get_run_context()
    MLFLOW_TRACKING_URI = "sqlite:///mlflow.db"
    EXPERIMENT_NAME = f"nyc-taxi-experiment-{ctx.flow_run.expected_start_time}"

    # Make experiment runs
    main(
        train_data_path=train_data_path,
        valid_data_path=valid_data_path,
        num_xgb_runs=num_xgb_runs,
        experiment_name=EXPERIMENT_NAME,
        tracking_uri=MLFLOW_TRACKING_URI,
    )

    # Stage best model
    stage_model(
        tracking_uri=MLFLOW_TRACKING_URI,
        experiment_name=EXPERIMENT_NAME,
    )


if __name__ == "__main__":
    parameters = {
        "train_data_path": "./data/tripdata_2019-03_train.parquet",
        "valid_data_path": "./data/tripdata_2019-03_valid.parquet",
        "num_xgb_runs": 3,
    }

    # Whole months, where you have put them: https://www.nyc.gov/site/tlc/about/tlc-trip-record-data.page
    if Path("./data/green_tripdata_2021-01.parquet").exists():
        parameters["train_data_path"] = "./data/green_tripdata_2021-01.parquet"
        parameters["valid_data_path"] = "./data/green_tripdata_2021-02.parquet"

    mlflow_staging(**parameters)
