# labs.mk: what labs/ adds to the Makefile, which includes it once its own lists are made.

# Strategies that are wrong on purpose: linked into the workloads and the tests, not into the library.
LABS_WAITS_SRC := $(wildcard labs/waits/*.c)

# The grader: wakegap-lab. libseccomp is optional: without it the filter of system calls is left out.
SECCOMP      := $(if $(call has,libseccomp),libseccomp)
LABS_PKGS    := inih libarchive libmd
LABS_LIBS    := $(shell pkg-config --libs $(LABS_PKGS) $(SECCOMP) 2>/dev/null)
LABS_SRC     := $(wildcard labs/grade/*/*.c)
$(O)/plain/labs/%.o $(O)/plain/labs/%.tidy: CPPFLAGS += $(if $(SECCOMP),-DWG_HAVE_SECCOMP)

# The labs: the controlled scheduler, and the shared objects that it runs.
# A lab is ordinary C; what makes it one is how it is linked (explore/README.md).
EXPLORE_SRC := $(wildcard labs/explore/*.c $(addprefix labs/explore/,$(addsuffix /*.c,engine calls report lab)))
EXPLORE_LIBS := $(shell pkg-config --libs jansson 2>/dev/null) -ldl -lm
# clang leaves out a read that a write of the same variable follows; such a read is a step too.
LAB_SHARED := -fsanitize=thread \
	$(if $(findstring clang,$(shell $(CC) --version 2>/dev/null)),-mllvm -tsan-instrument-read-before-write)
LAB_CFLAGS := -std=c11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -fPIC -pthread -I. -MMD -MP

# `make deps X` starts make afresh for X (see the Makefile): until then nothing is built.
ifeq ($(filter deps,$(MAKECMDGOALS)),)

# It has one thread, whatever the lab has: ThreadSanitizer would find nothing there, and would take
# seventy times as long for its switches. Other sanitizers see it.
EXPLORE_KIND := $(if $(filter tsan,$(VARIANT)),alone,plain)
$(O)/alone/%.o: CFLAGS := $(filter-out -fsanitize=thread,$(CFLAGS))
$(O)/alone/%.o: %.c ; $(compile)
$(B)/wakegap-explore: LDFLAGS := $(filter-out -fsanitize=thread,$(LDFLAGS))
$(B)/wakegap-explore: $(call objs,$(EXPLORE_SRC) $(addprefix traces/base/,units.c tool.c say.c utf8.c options.c manual.c pages.c completion.c near.c),$(EXPLORE_KIND)) labs/explore/export.list
	$(Q)$(CC) $(LDFLAGS) -Wl,--dynamic-list=labs/explore/export.list -o $@ $(filter %.o,$^) $(EXPLORE_LIBS)

# Sanitizers are for the explorer; the lab under test stays as a learner builds it. Marked: only
# calls and marked accesses are steps; shared: every access of shared variables is seen.
$(O)/marked/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LAB_CFLAGS) -c -o $@ $<
$(O)/shared/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LAB_CFLAGS) $(LAB_SHARED) -c -o $@ $<

CLASSICS := $(wildcard labs/explore/classics/*.c)
CASES    := $(wildcard labs/explore/cases/*.c)
$(B)/labs/classics.so: $(call objs,$(CLASSICS),marked)
$(B)/labs/classics-shared.so: $(call objs,$(CLASSICS),shared)
$(B)/labs/cases.so: $(call objs,$(CASES),shared)
$(B)/labs/random.so: $(call objs,$(wildcard labs/explore/random/*.c),shared)
$(B)/labs/%.so: labs/explore/wrap.opts
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -shared -o $@ $(filter %.o,$^) @$<
EXPLORED := $(addprefix $(B)/labs/,classics.so classics-shared.so cases.so random.so)

test: $(EXPLORED)

# The core as it ships, compiled for the explorer, with the scenarios of tests/prove. How busy the
# machine is, is for the scenario to say; io_uring's kernel is a thread there (fake/liburing.h).
PROVED_SRC := $(filter-out core/tp.c core/wait/crowd.c,$(wildcard core/*.c core/wait/*.c)) core/workload/recorder_kept.c core/workload/watch.c $(wildcard tests/prove/*.c)
PROVED_FLAGS := -Itests/prove/fake -DWG_TRACE_TEST -DWG_HAVE_URING -DWG__KEPT_BUFFER=2u -DWG__KEPT_BLOCKS=2u
$(O)/proved/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LAB_CFLAGS) $(LAB_SHARED) $(PROVED_FLAGS) -c -o $@ $<
$(B)/labs/core.so: $(call objs,$(PROVED_SRC),proved)
prove: $(B)/wakegap-explore $(B)/labs/core.so ## the core in every schedule: each strategy, each scenario (ONLY=PATTERN)
	$(Q)sh tests/prove/run $(B) $(ONLY)
core-mutants: prove-mutants-need ## mutants of the core by scenarios and suites: half an hour (FILE=core/X.c)
	$(Q)CC="$(CC)" sh tests/prove/mutants $(B) $(FILE)
prove-mutants-need: $(B)/wakegap-explore $(B)/labs/core.so $(B)/wakegap-mutate $(B)/wakegap-tests
test: $(B)/labs/core.so
.PHONY: prove core-mutants prove-mutants-need

$(B)/wakegap-lab: $(call objs,$(LABS_SRC) $(TRACES_SRC),plain)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LABS_LIBS) $(TRACES_LIBS)

# Real threads: the same labs, recorded. The lab's calls come to wakegap-real by its dynamic symbols.
REAL_SRC := $(wildcard labs/real/*.c)
$(B)/wakegap-real: $(call objs,$(REAL_SRC),$(if $(UST_LIBS),lttng,none)) $(if $(UST_LIBS),$(O)/lttng/core/tp.o) \
		$(call objs,traces/base/units.c,plain)
	$(Q)$(CC) $(LDFLAGS) -rdynamic -o $@ $^ $(UST_LIBS) -ldl -lm
all: $(B)/wakegap-real

# The solutions on real threads, alone and beside a load: none may fail. CI makes 3 runs of each.
labs-soak: all ## every lab's solution on real threads, idle and loaded (RUNS=N)
	$(Q)$(B)/wakegap-lab soak --runs $(or $(RUNS),50) $(LAB) || \
		{ test $$? -eq 77 && echo "labs-soak: skipped, nothing can be recorded here"; }
.PHONY: labs-soak

# For grading systems: Gradescope, PrairieLearn, Autolab, GitHub Classroom (labs/kits/README.md).
kits: $(B)/wakegap-lab $(B)/wakegap-explore ## what grading systems run, for LAB (1), in build/kits
	$(Q)sh labs/kits/make $(B) $(or $(LAB),1)
bench-class: $(B)/wakegap-lab $(B)/wakegap-explore ## a course of 300 submissions, graded twice (COUNT=N)
	$(Q)sh tests/bench/class $(B) $(or $(COUNT),300)
.PHONY: kits bench-class

# Mutants of the solutions, for the suite `mutants`.
$(B)/wakegap-mutate: $(call objs,$(wildcard labs/mutants/*.c) traces/base/tool.c,plain)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^
$(B)/wakegap-tests: $(call objs,labs/explore/engine/fiber.c,plain) | $(B)/wakegap-mutate

endif
