"""Schedules: when a deployment's runs are due."""

from armillary.core.schedules.cron import CronSchedule
from armillary.core.schedules.interval import IntervalSchedule
from armillary.core.schedules.rrule import RRuleSchedule

__all__ = ["CronSchedule", "IntervalSchedule", "RRuleSchedule"]
