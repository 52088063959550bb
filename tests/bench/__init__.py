"""The benchmarks behind `make bench`. Each file here holds one or more; `harness.py` says how one is written."""
