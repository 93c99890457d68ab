import os

# Before numpy is loaded: questions are short, and threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
