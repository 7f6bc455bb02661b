"""Data from an unreliable service, augmented, written down. In one run of five the service fails four times, and so does the run.

python examples/pipeline.py
"""

import random
import time

from armillary import flow, task


@task(retries=3, retry_delay_seconds=5)
def call_unreliable_api():
    choices = [{"data": 42}, {"data": -1}, {"data": 0}]
    res = random.choice(choices)
    if res["data"] <= 0:
        raise Exception("Our unreliable service failed.")
    else:
        time.sleep(10)
        return res


@task
def augment_data(data: dict, msg: str):
    data["message"] = msg
    return data


@task
def write_to_database(data: dict):
    print(f"Wrote {data} to database successfully!")
    return "Success!"


@flow(log_prints=True)
def pipeline(msg: str):
    api_result = call_unreliable_api()
    augmented_data = augment_data(data=api_result, msg=msg)
    write_to_database(augmented_data)


if __name__ == "__main__":
    pipeline(msg="0")
