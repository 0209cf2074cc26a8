"""One question to the DMP and its answer: who asks, what is kept, what the clock says."""
