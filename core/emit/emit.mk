# emit.mk: what core/emit adds to the Makefile: libwakegap-trace, for runtimes that emit the events
# themselves, and programs that show how. The tracepoints are the core's (core/tp.c).

# Position-independent; nothing is visible but what wakegap/trace.h declares.
EMIT_OBJ := $(call objs,core/emit/emit.c $(if $(UST_LIBS),core/tp.c),emit)
$(O)/emit/%.o: CPPFLAGS += $(if $(UST_LIBS),-DWG_TRACE_LTTNG)
$(O)/emit/%.o: CFLAGS += -fPIC -fvisibility=hidden -Wconversion
$(O)/emit/core/tp.o: WARN :=
$(O)/emit/core/tp.o: CFLAGS += -Wno-conversion

EMIT_LIBS := $(addprefix $(B)/libwakegap-trace,.a .so)

# `make deps X` starts make afresh for X (see the Makefile): until then nothing is built.
ifeq ($(filter deps,$(MAKECMDGOALS)),)

$(O)/emit/%.o: %.c ; $(compile)
$(B)/libwakegap-trace.a: $(EMIT_OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(B)/libwakegap-trace.so.0: $(EMIT_OBJ) .packaging/libwakegap.map
	$(Q)$(CC) -shared -Wl,-soname,$(@F) -Wl,--version-script=.packaging/libwakegap.map $(LDFLAGS) -o $@ $(EMIT_OBJ) $(UST_LIBS)
$(B)/libwakegap-trace.so: $(B)/libwakegap-trace.so.0
	$(Q)ln -sf $(<F) $@
# The examples are built as a stranger builds them: one with each kind of library.
$(B)/examples/epoll: core/emit/examples/epoll.c $(B)/libwakegap-trace.so
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -Icore/emit $(CFLAGS) $(LDFLAGS) -Wl,-rpath,'$$ORIGIN/..' -o $@ $< -L$(B) -lwakegap-trace
$(B)/examples/uv: core/emit/examples/uv.c $(B)/libwakegap-trace.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -Icore/emit $(CFLAGS) $(LDFLAGS) -o $@ $^ $(UV_LIBS) $(UST_LIBS)
$(B)/examples/%-off: core/emit/examples/%.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -Icore/emit -DWAKEGAP_TRACE_OFF $(CFLAGS) $(LDFLAGS) -o $@ $< $(if $(filter uv,$*),$(UV_LIBS))
all: $(EMIT_LIBS) $(B)/examples/epoll $(B)/examples/epoll-off $(if $(UV_LIBS),$(B)/examples/uv)

endif
