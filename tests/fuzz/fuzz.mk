# fuzz.mk: `make fuzz`. Its objects are a variant of their own, VARIANT=fuzz, made by clang.
FUZZ_CLANG := $(shell command -v clang)
SECONDS ?= 60
FUZZ_TARGETS := $(shell sed -n 's/^FUZZ(\([a-z]*\)).*/\1/p' tests/fuzz/targets.def)
TARGET  ?= $(FUZZ_TARGETS)

$(B)/wakegap-fuzz: $(call objs,$(filter-out %/main.c,$(VIZ_SRC) $(LABS_SRC)) $(TRACES_SRC) \
		$(filter-out %/test_corpus.c,$(wildcard tests/fuzz/*.c)) tests/harness/both_readers.c,plain)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(TRACES_LIBS) $(VIZ_LIBS) $(LABS_LIBS)

fuzz: ## what strangers hand us, made up by libFuzzer (SECONDS=60 for all, TARGET="trace tar...")
ifeq ($(FUZZ_CLANG),)
	@echo "fuzz: skipped for want of clang"
else
	$(Q)$(MAKE) --no-print-directory VARIANT=fuzz CC=clang build/fuzz/wakegap-fuzz
	$(Q)sh tests/fuzz/run build/fuzz/wakegap-fuzz $(SECONDS) $(TARGET)
endif
.PHONY: fuzz
