# install.mk: what is made only for an installation: libwakegap as a shared library, archives that
# show nothing but their calls, and the targets that install and package.

LIBDIR ?= $(PREFIX)/lib
SHOWN  := .packaging/libwakegap.map

# `make deps X` starts make afresh for X (see the Makefile): until then nothing is built.
ifeq ($(filter deps,$(MAKECMDGOALS)),)

# The core again, position-independent.
PIC_OBJ := $(call objs,$(CORE_SRC) $(if $(UST_LIBS),core/tp.c),pic)
$(O)/pic/%.o: CPPFLAGS += $(if $(UST_LIBS),-DWG_TRACE_LTTNG)
$(O)/pic/%.o: CFLAGS += -fPIC
$(O)/pic/core/tp.o: WARN :=
$(O)/pic/%.o: %.c ; $(compile)
$(B)/libwakegap.so.0: $(PIC_OBJ) $(SHOWN)
	$(Q)$(CC) -shared -Wl,-soname,$(@F) -Wl,--version-script=$(SHOWN) $(LDFLAGS) -o $@ $(filter %.o,$^) $(UST_LIBS) $(URING_LIBS)

# One object each, in which all but wg_ is local: a program that links it may call its own
# functions as it likes.
define lone
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -r -nostdlib -o $(@:.a=.o) $^
	$(Q)objcopy --wildcard --keep-global-symbol='wg_[!_]*' $(@:.a=.o)
	$(Q)rm -f $@ && $(AR) rcs $@ $(@:.a=.o)
endef
$(B)/pic/libwakegap.a: $(PIC_OBJ) ; $(lone)
$(B)/pic/libwakegap-trace.a: $(EMIT_OBJ) ; $(lone)

to_install: all $(B)/libwakegap.so.0 $(addprefix $(B)/pic/libwakegap,.a -trace.a)
INSTALLER = PREFIX='$(PREFIX)' LIBDIR='$(LIBDIR)' DESTDIR='$(DESTDIR)' VERSION='$(VERSION)' \
	UST_LIBS='$(UST_LIBS)' URING_LIBS='$(URING_LIBS)' sh .packaging/install
install: to_install ## install below PREFIX (DESTDIR is honoured)
	$(Q)$(INSTALLER) install $(B)
uninstall: ## remove what `make install` put there
	$(Q)$(INSTALLER) uninstall $(B)
test: to_install
deb: ## a Debian source package and its packages, judged by lintian, in build/deb
	$(Q)sh .packaging/deb $(B) $(VERSION)
test-install: ## the packages, built and used in a bare Debian, and .devcontainer (root, a mirror)
	$(Q)sh .packaging/deb $(B) $(VERSION) source
	$(Q)sh .packaging/test-install $(B) $(RELEASE) $(MIRROR) || test $$? -eq 77
.PHONY: to_install install uninstall deb test-install

endif
