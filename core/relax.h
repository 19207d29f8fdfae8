/*
 * relax.h: what a thread does between two looks at a word that another one will change.
 */
#ifndef CORE_RELAX_H
#define CORE_RELAX_H

/* Tell the processor that this is a spin: it saves power and leaves its sibling room. */
static inline void wg_cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ __volatile__("yield" ::: "memory");
#endif
}

#endif
