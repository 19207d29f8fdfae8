# labs.mk: what labs/ adds to the Makefile, which includes it once its own lists are made.

# Strategies that are wrong on purpose: linked into the workloads and the tests, not into the library.
LABS_WAITS_SRC := $(wildcard labs/waits/*.c)

# The grader: wakegap-lab. libseccomp is optional: without it the filter of system calls is left out.
SECCOMP      := $(if $(call has,libseccomp),libseccomp)
LABS_PKGS    := inih libarchive libmd
LABS_LIBS    := $(shell pkg-config --libs $(LABS_PKGS) $(SECCOMP) 2>/dev/null)
LABS_SRC     := $(wildcard labs/grade/*.c)
$(O)/plain/labs/%.o: CPPFLAGS += $(if $(SECCOMP),-DWG_HAVE_SECCOMP)
