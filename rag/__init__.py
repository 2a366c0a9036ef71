"""Retrieval and answering over the record: what every interface of Căn Cứ calls."""

import os

# A request is one thread and its matrices are small: the threads that NumPy's BLAS would start for each product spin on
# the other cores and made a search cost 43 instead of 20 CPU milliseconds. Whoever sets the variable decides.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
