/*
 * types.bpf.h: the kernel's types, as far as light.bpf.c uses them.
 *
 * libbpf puts the offsets of fields right when it loads the program (CO-RE), so only names and
 * types have to be those of the kernel. Numbers are of its interface and never change.
 */
#ifndef TRACES_KERNEL_TYPES_BPF_H
#define TRACES_KERNEL_TYPES_BPF_H

typedef unsigned char __u8;
typedef unsigned short __u16, __be16;
typedef unsigned int __u32, __be32, __wsum;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;

#include <stdbool.h>

enum {
	BPF_ANY,
	BPF_MAP_TYPE_HASH,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
	BPF_F_NO_PREALLOC = 1,
	BPF_F_MMAPABLE = 1024,
	BPF_LOCAL_STORAGE_GET_F_CREATE = 1,
	BPF_RB_NO_WAKEUP = 1,
	BPF_RB_FORCE_WAKEUP = 2,
	BPF_RB_AVAIL_DATA = 0,
};

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

/* From Linux 6.2 on. */
extern void *bpf_rdonly_cast(const void *at, __u32 type) __ksym __weak;

#define OF_THE_KERNEL __attribute__((preserve_access_index))

struct signal_struct {
	struct {
		int counter;
	} live; /* threads of the process */
} OF_THE_KERNEL;

struct super_block {
	unsigned long s_magic;
} OF_THE_KERNEL;

struct inode {
	unsigned short i_mode;
	struct super_block *i_sb;
} OF_THE_KERNEL;

struct qstr {
	const unsigned char *name;
} OF_THE_KERNEL;

struct dentry {
	struct qstr d_name;
} OF_THE_KERNEL;

struct path {
	struct dentry *dentry;
} OF_THE_KERNEL;

struct file {
	struct inode *f_inode;
	void *private_data;
	struct path f_path;
} OF_THE_KERNEL;

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
} OF_THE_KERNEL;

struct files_struct {
	struct fdtable *fdt;
} OF_THE_KERNEL;

struct sock_common {
	unsigned short skc_family;
} OF_THE_KERNEL;

struct sock {
	struct sock_common __sk_common;
} OF_THE_KERNEL;

struct unix_address;

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
} OF_THE_KERNEL;

struct socket {
	struct sock *sk;
} OF_THE_KERNEL;

struct list_head {
	void *next;
} OF_THE_KERNEL;

struct task_struct {
	unsigned int __state;
	void *stack;
	unsigned int flags;
	int pid, tgid;
	char comm[16];
	struct signal_struct *signal;
	struct files_struct *files;
} OF_THE_KERNEL;

struct hrtimer {
	void *function;
} OF_THE_KERNEL;

struct timer_list;

/* What a thread sleeps by that asked for a timeout. */
struct hrtimer_sleeper {
	struct task_struct *task;
} OF_THE_KERNEL;

/* The same for timeouts that are counted in ticks. */
struct process_timer {
	struct task_struct *task;
} OF_THE_KERNEL;

struct pt_regs {
	unsigned long r10, r9, r8, ax, dx, si, di, orig_ax, ip, sp;
} OF_THE_KERNEL;

#endif
