# fuzz.mk: `make fuzz`. Its objects are a variant of their own, VARIANT=fuzz, made by clang.
FUZZ_CLANG := $(shell command -v clang)
SECONDS ?= 60
FUZZ_TARGETS := $(shell sed -n 's/^FUZZ(\([a-z]*\)).*/\1/p' tests/fuzz/targets.def)
TARGET  ?= $(FUZZ_TARGETS)

FUZZ_OBJ := $(call objs,$(filter-out %/main.c,$(VIZ_SRC) $(LABS_SRC)) $(TRACES_SRC) \
	$(filter-out %/test_corpus.c %/fuzz.c %/many.c,$(wildcard tests/fuzz/*.c)) tests/harness/both_readers.c,plain)
FUZZ_LD  := $(LDFLAGS) -Wl,--wrap=wg__probe -Wl,--wrap=bt_plugin_find

$(B)/wakegap-fuzz-many: $(FUZZ_OBJ) $(O)/plain/tests/fuzz/many.o
	$(Q)$(CC) $(FUZZ_LD) -o $@ $^ $(TRACES_LIBS) $(VIZ_LIBS) $(LABS_LIBS)
$(B)/wakegap-fuzz: $(FUZZ_OBJ) $(O)/plain/tests/fuzz/fuzz.o
	$(Q)$(CC) $(FUZZ_LD) -fsanitize=fuzzer -o $@ $^ $(TRACES_LIBS) $(VIZ_LIBS) $(LABS_LIBS)

fuzz: ## what strangers hand us, made up by libFuzzer (SECONDS=60 for all, TARGET="trace tar...")
ifeq ($(FUZZ_CLANG),)
	@echo "fuzz: skipped for want of clang"
else
	$(Q)$(MAKE) --no-print-directory VARIANT=fuzz CC=clang build/fuzz/wakegap-fuzz
	$(Q)sh tests/fuzz/run build/fuzz/wakegap-fuzz $(SECONDS) $(TARGET)
endif
fuzz-many: $(B)/wakegap-fuzz-many ## one target, made up without libFuzzer: four times as many, on all processors (SECONDS=, TARGET=differ)
	$(Q)sh tests/fuzz/many $< $(SECONDS) $(if $(filter 1,$(words $(TARGET))),$(TARGET),differ)
.PHONY: fuzz fuzz-many
