"""The staging flow, every minute.

armillary deployment create deployments.py
armillary work-queue create ml --tag ml
armillary agent start ml
"""

from datetime import timedelta

from armillary.deployments import DeploymentSpec
from armillary.flow_runners import SubprocessFlowRunner
from armillary.schedules import IntervalSchedule

DeploymentSpec(
    name="deploy-mlflow-staging",
    flow_name="mlflow-staging",
    schedule=IntervalSchedule(interval=timedelta(minutes=1)),
    flow_location="./main.py",
    flow_runner=SubprocessFlowRunner(),
    parameters={
        "train_data_path": "./data/tripdata_2019-03_train.parquet",
        "valid_data_path": "./data/tripdata_2019-03_valid.parquet",
        "num_xgb_runs": 3,
    },
    tags=["ml"],
)
