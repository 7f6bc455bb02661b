"""Schedules: rules that say at which instants a deployment's runs are due. Pure, but for the time zone database."""
