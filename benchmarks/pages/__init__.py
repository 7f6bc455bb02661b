"""What the web app's pages take, measured in Chromium on a real server.

    python -m benchmarks.pages                     the bars of loading, logs and live changes (three minutes)
    python -m benchmarks.pages --only log,live
    python -m benchmarks.pages --only lists        over a million runs; seeds .bench/filters-1000000 on first use

Each line says what was measured, its median, its worst and its bar. Radar and Timeline have ``ui/bench/browser.py``.
"""
