# labs.mk: what labs/ adds to the Makefile, which includes it once its own lists are made.

# Strategies that are wrong on purpose: linked into the workloads and the tests, not into the library.
LABS_WAITS_SRC := $(wildcard labs/waits/*.c)
