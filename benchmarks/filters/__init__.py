"""The common filters of the API's listings, and how long the first page of each takes over a million runs.

    python -m benchmarks.filters             seeds .bench/filters on first use (two minutes, 3 GB), then measures
    python -m benchmarks.filters --runs 10000

Each of ``COMMON`` has an index that yields its rows in the listing's order; a test asks the database whether that is so. Any
other filter answers within two seconds or says "narrow it".
"""
