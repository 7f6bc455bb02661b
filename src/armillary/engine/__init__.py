"""The engine runs flows and tasks in this process and decides every transition of the runs it owns.

root            one root run: its journal, its signals, its end
flow_execution  one flow run here            task_execution  one task run here
flow_lifecycle  steps of a flow run          task_lifecycle  steps of a task run
drivers         call user code, sync and async; everything else is in the lifecycles
task_runners/   which thread or process executes a task run
"""
