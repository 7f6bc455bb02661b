"""Schedules: rules for the instants at which a deployment's runs are due. Pure, except for the time zone database."""
