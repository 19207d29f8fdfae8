# wakegap: one file, non-recursive; every output below build/.
# Variants never mix: release goes to build/, the others to build/VARIANT/.
VARIANT ?= release
CC      ?= cc
V       ?= 0
PREFIX  ?= /usr/local
DESTDIR ?=

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

ANALYZE_CC ?= gcc

VERSION := 0.1.0
B := $(if $(filter release,$(VARIANT)),build,build/$(VARIANT))
O := $(B)/obj
Q := $(if $(filter 1,$(V)),,@)
has = $(shell pkg-config --exists $(1) 2>/dev/null && echo yes)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes $(WERROR)
OPT_release := -O2 -g
OPT_debug   := -O0 -g3
OPT_bare    := -O0
OPT_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
OPT_fuzz    := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
OPT_tsan    := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
# gcc loses sight of memory that is handed over through a pointer to a pointer; clang-tidy does not.
OPT_analyze := -O2 -g -fanalyzer -Wno-analyzer-malloc-leak -Werror
OPT_cov     := -O0 -g --coverage -fprofile-update=atomic
CFLAGS  += -std=c11 -pthread $(OPT_$(VARIANT)) $(WARN)
CPPFLAGS += -D_GNU_SOURCE -DWG_VERSION='"$(VERSION)"' $(if $(URING_LIBS),-DWG_HAVE_URING) -MMD -MP -I. \
	$(if $(filter cov,$(VARIANT)),-include .ci/cov.h)
LDFLAGS += -pthread $(filter -fsanitize=% --coverage,$(OPT_$(VARIANT)))

# For the sanitizers; what is given from outside comes last and wins. The path is absolute, since
# programs under test run in other folders too.
# A traced program has LTTng's threads, and TSan would have it sleep a second at its exit for them.
SAN_ENV := TSAN_OPTIONS=atexit_sleep_ms=0:suppressions=$(CURDIR)/tests/data/tsan.supp:print_suppressions=0:$$TSAN_OPTIONS \
	UBSAN_OPTIONS=print_stacktrace=1:$$UBSAN_OPTIONS \
	LSAN_OPTIONS=suppressions=$(CURDIR)/tests/data/lsan.supp:print_suppressions=0:$$LSAN_OPTIONS

# What each folder may link: the link line proves which way the data flows.
UST_LIBS    := $(if $(call has,lttng-ust),$(shell pkg-config --libs lttng-ust) -llttng-ust-tracepoint)
TRACES_PKGS := babeltrace2 lttng-ctl jansson libxxhash
# libdw is optional: without it, call sites of `wakegap scan` are likely ones, without symbols.
DW_LIBS     := $(shell pkg-config --libs libdw 2>/dev/null)
# libbpf is optional, and clang that compiles for it: without them, nothing is recorded in the kernel.
BPF_LIBS    := $(if $(and $(filter x86_64,$(shell uname -m)),$(shell command -v clang)),$(shell pkg-config --libs libbpf 2>/dev/null))
# SQLite is optional: without it, there is no `wakegap query` and no export for it.
SQLITE_LIBS := $(shell pkg-config --libs sqlite3 2>/dev/null)
TRACES_LIBS := $(shell pkg-config --libs $(TRACES_PKGS) 2>/dev/null) $(DW_LIBS) $(BPF_LIBS) $(SQLITE_LIBS) -lm
VIZ_LIBS    := $(shell pkg-config --libs ncursesw 2>/dev/null)
# io_uring is optional: without liburing its strategy is left out.
URING_LIBS  := $(shell pkg-config --libs liburing 2>/dev/null)
# libuv is optional: a peer of the bench, and an example of core/emit.
UV_LIBS     := $(shell pkg-config --libs libuv 2>/dev/null)
WORK_LIBS   := $(shell pkg-config --libs libxxhash 2>/dev/null)
VTERM       := $(call has,vterm)
TEST_LIBS   := $(shell pkg-config --libs cunit $(if $(VTERM),vterm) 2>/dev/null)

# What each folder is made of.
CORE_SRC  := $(filter-out core/tp.c $(if $(URING_LIBS),,core/wait/uring.c),$(wildcard core/*.c core/wait/*.c))
WORK_SRC  := $(wildcard core/workload/*.c)
# Of these, what tests call besides the recorder.
TEST_WORK_SRC := $(addprefix core/workload/,echo_clients.c times.c tcp.c say.c watch.c window.c)
PRELOAD_SRC := $(wildcard traces/preload/*.c)
QUERY_SRC := $(filter-out traces/query/absent.c,$(wildcard traces/query/*.c))
TRACES_SRC := $(filter-out $(PRELOAD_SRC) %.bpf.c $(if $(SQLITE_LIBS),traces/query/absent.c,$(QUERY_SRC)),\
	$(wildcard traces/*.c traces/*/*.c))
VIZ_SRC   := $(wildcard viz/*/*.c)
TEST_SRC  := $(filter-out tests/bench/% tests/prove/% tests/planted/% tests/fuzz/fuzz.c tests/fuzz/apart.c tests/fuzz/many.c,$(wildcard tests/*/*.c))
BENCH_SRC := $(filter-out tests/bench/bench_%.c,$(wildcard tests/bench/*.c))
objs = $(patsubst %.c,$(O)/$(2)/%.o,$(1))
include labs/labs.mk
include core/emit/emit.mk

# Said before the first file is compiled: a missing header says less.
ifneq ($(filter-out deps clean help lint format,$(or $(MAKECMDGOALS),all)),)
MISSING := $(foreach c,$(firstword $(CC)) pkg-config,$(if $(shell command -v $(c)),,$(c))) $(foreach p,$(TRACES_PKGS) $(LABS_PKGS) ncursesw $(if $(filter test test-programs cov %-tests,$(MAKECMDGOALS)),cunit),\
	$(if $(call has,$p),,$p))
$(if $(or $(filter deps,$(MAKECMDGOALS)),$(if $(strip $(MISSING)),,none)),,$(error not installed: $(strip $(MISSING)): run `make deps`))
endif

# Calls that the tests can let fail; see tests/harness/faults.h.
FAULTS    := malloc calloc realloc reallocarray strdup asprintf vasprintf open_memstream pthread_create \
	eventfd_write mprotect sched_getaffinity

# The core is built once for each tracing backend: lttng (or none) for users, test for the tests.
BACKEND   := $(if $(UST_LIBS),lttng,none)
CORE_OBJ  := $(call objs,$(CORE_SRC),$(BACKEND)) $(if $(UST_LIBS),$(O)/lttng/core/tp.o)

# `make deps demo`: what is built depends on what is installed, so after deps make starts afresh,
# with all processors if none said how many.
REST := $(filter-out deps,$(MAKECMDGOALS))
ifneq ($(and $(filter deps,$(MAKECMDGOALS)),$(REST)),)
deps:
	$(Q)sh .ci/deps $(REST)
$(REST): deps
	$(Q)+$(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc)) $@
.PHONY: deps $(REST)
else

all: $(B)/wakegap $(B)/libwakegap-preload.so $(B)/wakegap-workload $(B)/libwakegap.a $(B)/wakegap-explore $(B)/wakegap-lab ## build the release variant into build/

$(B)/libwakegap.a: $(CORE_OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(B)/wakegap-workload: $(call objs,$(WORK_SRC) $(LABS_WAITS_SRC),$(BACKEND)) $(B)/libwakegap.a
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(UST_LIBS) $(URING_LIBS) $(WORK_LIBS)
$(B)/wakegap: $(call objs,$(VIZ_SRC) $(TRACES_SRC),plain)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(TRACES_LIBS) $(VIZ_LIBS)
	$(Q)sh .ci/without
# It goes into other people's programs: optimised and without sanitizers in every variant.
$(B)/libwakegap-preload.so: $(call objs,$(PRELOAD_SRC),preload)
	$(Q)$(CC) -shared -Wl,-z,defs -o $@ $^
$(B)/wakegap-tests: $(call objs,$(CORE_SRC) $(wildcard core/workload/recorder_*.c) $(TEST_WORK_SRC) $(filter-out %/plug.c,$(LABS_WAITS_SRC)) $(TEST_SRC),test) \
		$(call objs,$(filter-out %/main.c,$(VIZ_SRC) $(LABS_SRC)) $(TRACES_SRC),plain)
	$(Q)$(CC) $(LDFLAGS) $(FAULTS:%=-Wl,--wrap=%) -o $@ $^ $(TRACES_LIBS) $(VIZ_LIBS) $(URING_LIBS) $(LABS_LIBS) $(TEST_LIBS)

# A program to be recorded: as users build theirs, in every variant.
$(B)/planted: $(wildcard tests/planted/*.[ch])
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -D_GNU_SOURCE -I. -std=c11 -O2 -g -D_FORTIFY_SOURCE=2 -fno-builtin $(WARN) -o $@ $(filter %.c,$^) -pthread

$(B)/wakegap-bench: $(call objs,$(BENCH_SRC),$(BACKEND)) $(B)/libwakegap.a \
		$(call objs,$(filter-out viz/cmd/main.c,$(VIZ_SRC)) $(TRACES_SRC),plain)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(UST_LIBS) $(URING_LIBS) $(UV_LIBS) $(TRACES_LIBS) $(VIZ_LIBS)

$(B)/bench_view $(B)/bench_export $(B)/bench_read: $(B)/bench_%: $(O)/test/tests/bench/bench_%.o $(O)/test/tests/harness/fake_trace.o \
		$(call objs,$(filter-out viz/cmd/main.c,$(VIZ_SRC)) $(TRACES_SRC),plain)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(TRACES_LIBS) $(VIZ_LIBS)

# LTTng's read lock inline: its authors say that such short functions may be, from any program. Its
# thread-local struct is not aligned as it says, which sanitizers would report as ours.
$(O)/lttng/%.o: CPPFLAGS += -DWG_TRACE_LTTNG $(if $(filter asan tsan,$(VARIANT)),,-D_LGPL_SOURCE)
$(O)/plain/traces/observe/dwarf.o $(O)/plain/traces/observe/dwarf.tidy: CPPFLAGS += $(if $(DW_LIBS),-DWG_HAVE_DW)
ifneq ($(BPF_LIBS),)
$(O)/plain/traces/kernel/light.o: $(O)/light.bpf.o
$(O)/plain/traces/kernel/light.o $(O)/plain/traces/kernel/light.tidy: CPPFLAGS += -DWG_HAVE_BPF -DWG_BPF_OBJECT='"$(O)/light.bpf.o"'
endif
$(O)/light.bpf.o: traces/kernel/light.bpf.c traces/kernel/raw.h $(wildcard traces/kernel/*.bpf.h)
	$(Q)mkdir -p $(@D)
	$(Q)clang -O2 -g -target bpf -Wall -Wextra -Wno-unused-parameter $(WERROR) -I. -c -o $@ $<
$(O)/test/%.o $(O)/test/%.tidy: CPPFLAGS += -DWG_TRACE_TEST $(if $(VTERM),-DWG_HAVE_VTERM)
$(O)/lttng/core/%.o $(O)/none/core/%.o $(O)/test/core/%.o: WARN += -Wconversion
define compile
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
endef
$(O)/lttng/%.o: %.c ; $(compile)
$(O)/none/%.o:  %.c ; $(compile)
$(O)/test/%.o:  %.c ; $(compile)
$(O)/plain/%.o: %.c ; $(compile)
$(O)/preload/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -U_FORTIFY_SOURCE -std=c11 -O2 -g $(WARN) -fPIC -fvisibility=hidden -c -o $@ $<
# Providers' headers are LTTng's and are not ours to warn about.
$(O)/lttng/core/tp.o $(O)/lttng/tests/bench/bare_tp.o: WARN :=
$(O)/$(BACKEND)/tests/bench/%.o: CPPFLAGS += $(if $(UV_LIBS),-DWG_HAVE_UV)
# Programs to explore are analyzed as ordinary sources. A header that changes makes the object anew.
ANALYZED := $(call objs,$(CORE_SRC) $(WORK_SRC),test) \
	$(call objs,$(TRACES_SRC) $(VIZ_SRC) $(LABS_SRC) $(wildcard labs/explore/*.c labs/explore/*/*.c),plain)
analyzed: $(ANALYZED) $(if $(shell command -v clang-tidy),$(ANALYZED:.o=.tidy))
define tidy
	$(Q)clang-tidy --quiet --warnings-as-errors='*' $< -- $(filter-out -M%,$(CPPFLAGS)) -std=c11 2>$@.log || { cat $@.log; exit 1; }
	$(Q)touch $@
endef
$(O)/test/%.tidy:  %.c $(O)/test/%.o .clang-tidy ; $(tidy)
$(O)/plain/%.tidy: %.c $(O)/plain/%.o .clang-tidy ; $(tidy)
.PHONY: analyzed
# The assembler reads these; the compiler does not know (see traces/base/embed.h).
$(O)/plain/traces/picture/page.o: traces/picture/export_html.css traces/picture/export_html.js
$(O)/plain/viz/cmd/man.o: $(wildcard viz/cmd/manual/*.txt)
$(addsuffix /traces/base/completion.o,$(O)/plain $(O)/alone): $(wildcard traces/base/completion.*sh)

deps: ## install what is missing (apt; dnf and pacman by name)
	$(Q)sh .ci/deps
test: all $(B)/wakegap-tests $(B)/planted ## run every suite, side by side (SUITE="NAME...", JOBS=N)
	$(Q)$(SAN_ENV) WG_BUILD=$(B) $(B)/wakegap-tests $(JOBS:%=--jobs %) $(patsubst %,--suite %,$(SUITE))
# Minutes, and programs that a machine may not have: skipped by name.
.PHONY: test-programs
test-programs: all $(B)/wakegap-tests $(B)/planted ## redis, node, a JVM and others recorded: idle, paired, unchanged (15 minutes)
	$(Q)WG_BUILD=$(B) $(B)/wakegap-tests --suite programs_idle --suite programs_pairs --suite programs_same
asan: ## the whole suite under AddressSanitizer and UBSan
	$(Q)$(MAKE) --no-print-directory VARIANT=asan test
tsan: ## the whole suite under ThreadSanitizer
	$(Q)$(MAKE) --no-print-directory VARIANT=tsan test
cov: ## lines that the suites reach, by folder (SUITE="NAME...", SHOW=FOLDER lists the others)
	$(Q)find build/cov -name '*.gcda' -delete 2>/dev/null || true
	$(Q)$(MAKE) --no-print-directory VARIANT=cov test || true
	$(Q)sh .ci/cov build/cov $(SHOW)
soak: $(B)/wakegap-tests ## ten million hand-overs with every strategy that blocks (SOAK=N)
	$(Q)WG_SOAK=$(or $(SOAK),10000000) $(B)/wakegap-tests --suite soak
bench-view: $(B)/bench_view $(B)/bench_read ## what a frame of the viewer costs on a long trace, and its first picture
	$(Q)$(B)/bench_view $(or $(EVENTS),1000000)
	$(Q)sh tests/bench/first_picture $(B)
bench-export: all $(B)/bench_export ## what an export costs beside reading alone: time, memory
	$(Q)$(B)/bench_export $(or $(EVENTS),1000000)
bench-read: all $(B)/bench_read ## what reading a long trace costs beside babeltrace2
	$(Q)EVENTS=$(or $(EVENTS),10000000) $(B)/bench_read
models: ## the wake protocols over all states of their models, and how each flaw fails (spin)
	$(Q)sh tests/models/verify
include tests/fuzz/fuzz.mk
include .packaging/install.mk
demo: all ## a 10 MiB file, two clocks, one screen
	$(Q)sh .ci/demo $(B)
slides: all ## the story as SVG pictures, recorded on this machine, in build/slides
	$(Q)sh .ci/slides $(B)
bare: ## the build without any optional package, and what works then
	$(Q)sh .ci/bare "$(CC)"
bench: all $(B)/wakegap-bench $(B)/labs/core.so ## what the core is held to, against its peers in the same run
	$(Q)$(B)/wakegap-bench
	$(Q)sh tests/bench/explore_shards $(B)
bench-record: all ## what recording costs a redis-server, what a record costs, what a scan does
	$(Q)sh tests/bench/record_cost $(B) $(RUNS)
analyze: ## every path of each function: gcc -fanalyzer, clang-tidy (some minutes; then what changed; cppcheck is in lint)
	$(Q)$(MAKE) --no-print-directory VARIANT=analyze CC="$(ANALYZE_CC)" analyzed
lint: ## format, layers, headers, banned calls, comments
	$(Q)sh .ci/lint
reading: ## lines of the lesson's first evening, as core/README.md lists them (FIX=1 corrects it)
	$(Q)sh .ci/reading $(if $(FIX),fix)
format: ## rewrite the sources as .clang-format says
	$(Q)clang-format -i $(filter-out %tp.h,$(shell find core traces viz tests labs -name '*.[ch]'))
clean: ## remove build/
	$(Q)rm -rf build
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile labs/labs.mk tests/fuzz/fuzz.mk .packaging/install.mk | expand -t 18

.PHONY: all deps test models asan tsan cov analyze soak demo slides bare bench bench-view bench-export bench-read bench-record lint reading format clean help
-include $(shell find $(O) -name '*.d' 2>/dev/null)
endif
