"""What users decorate and call. It holds options and checks them; the work is done by :mod:`armillary.engine`."""
