/* Loaded before the program: writes down every change to files below a folder, in the order in which it happened, and
   every fsync. What a power failure would leave is made of that record by tests/faults/recorded.rs.

   A seccomp filter turns back every call to the system that may change a file, wherever it comes from (libc, or code that
   makes its calls by itself, as rustix does), and it is done and written down here. A call that is not known here ends
   the process. Files that are mapped and written are not seen: the test compares the whole record with the folder byte
   for byte. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef __x86_64__
#error "the registers of a call are those of x86-64"
#endif

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int record = -1;
static char root[PATH_MAX];
static size_t root_length;

/* The one place from which the filter lets calls through. */
__attribute__((noinline)) static long call(long number, const long *of) {
  long done;
  register long r10 __asm__("r10") = of[3];
  register long r8 __asm__("r8") = of[4];
  register long r9 __asm__("r9") = of[5];
  __asm__ volatile("syscall"
                   : "=a"(done)
                   : "a"(number), "D"(of[0]), "S"(of[1]), "d"(of[2]), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return done;
}

#define CALL(number, ...) call(number, (const long[6]){__VA_ARGS__})

static void ends(const char *why, long number) {
  char text[128];
  int length = snprintf(text, sizeof text, "recorded.c: %s (%ld)\n", why, number);
  CALL(SYS_write, 2, (long)text, length);
  abort();
}

static int below(const char *path) {
  return strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || !path[root_length]);
}

static void all(const void *data, size_t length) {
  while (length > 0) {
    long done = CALL(SYS_write, record, (long)data, (long)length);
    if (done <= 0) ends("the record can not be written", done);
    data = (const char *)data + done;
    length -= (size_t)done;
  }
}

static void line(const char *kind, const char *one, const char *two, long a, long b, const void *data) {
  char text[2 * PATH_MAX + 64];
  snprintf(text, sizeof text, "%s\t%s\t%s\t%ld\t%ld\n", kind, one, two, a, b);
  all(text, strlen(text));
  if (data) all(data, (size_t)b);
  all("\n", 1);
}

/* The path of an open file, where it is one of the folder. */
static int of_fd(long fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%ld", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return below(path) && !strstr(path, " (deleted)");
}

static int of_name(long at, const char *name, char *path) {
  if (name[0] == '/') {
    snprintf(path, PATH_MAX, "%s", name);
    return below(path);
  }
  char folder[PATH_MAX], link[64];
  if ((int)at == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
  else snprintf(link, sizeof link, "/proc/self/fd/%d", (int)at);
  ssize_t length = readlink(link, folder, sizeof folder - 1);
  if (length < 0) return 0;
  folder[length] = 0;
  return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX && below(path);
}

static long opened(long at, long name, long flags, long mode) {
  char path[PATH_MAX];
  int ours = of_name(at, (const char *)name, path);
  long there = !ours || CALL(SYS_faccessat, at, name, F_OK) == 0;
  long fd = CALL(SYS_openat, at, name, flags, mode);
  if (fd < 0 || !ours) return fd;
  if ((flags & __O_TMPFILE) == __O_TMPFILE) ends("a file without a name", flags);
  if ((flags & O_CREAT) && !there) line("create", path, "", 0, 0, NULL);
  if ((flags & O_TRUNC) && there) line("truncate", path, "", 0, 0, NULL);
  return fd;
}

/* Writes where the file stands (at < 0), or in a place. */
static long written(long fd, const void *data, long length, long at) {
  char path[PATH_MAX];
  long place = at;
  int ours = of_fd(fd, path);
  if (ours && at < 0) {
    struct stat about;
    place = (fcntl((int)fd, F_GETFL) & O_APPEND) && fstat((int)fd, &about) == 0 ? about.st_size : lseek((int)fd, 0, SEEK_CUR);
  }
  long done = at < 0 ? CALL(SYS_write, fd, (long)data, length) : CALL(SYS_pwrite64, fd, (long)data, length, at);
  if (ours && done > 0) line("write", path, "", place, done, data);
  return done;
}

static long written_parts(long fd, const struct iovec *parts, long count) {
  long so_far = 0;
  for (long n = 0; n < count; n++) {
    long done = written(fd, parts[n].iov_base, (long)parts[n].iov_len, -1);
    if (done < 0) return so_far ? so_far : done;
    so_far += done;
    if ((size_t)done < parts[n].iov_len) break;
  }
  return so_far;
}

static long cut(long fd, long length) {
  char path[PATH_MAX];
  int ours = of_fd(fd, path);
  long done = CALL(SYS_ftruncate, fd, length);
  if (ours && done == 0) line("truncate", path, "", length, 0, NULL);
  return done;
}

static long synced(long number, long fd) {
  char path[PATH_MAX];
  if (!of_fd(fd, path)) return CALL(number, fd);
  /* Whether the disk did it does not matter here. */
  line("sync", path, "", 0, 0, NULL);
  return 0;
}

static long renamed(long from_at, long from, long to_at, long to, long flags) {
  char one[PATH_MAX], two[PATH_MAX];
  int ours = of_name(from_at, (const char *)from, one) & of_name(to_at, (const char *)to, two);
  if (ours && flags & ~RENAME_EXCHANGE) ends("flags of a name", flags);
  long done = CALL(SYS_renameat2, from_at, from, to_at, to, flags);
  if (ours && done == 0) line(flags ? "exchange" : "rename", one, two, 0, 0, NULL);
  return done;
}

static long linked(long from_at, long from, long to_at, long to, long flags) {
  char one[PATH_MAX], two[PATH_MAX];
  int ours = of_name(from_at, (const char *)from, one) & of_name(to_at, (const char *)to, two);
  long done = CALL(SYS_linkat, from_at, from, to_at, to, flags);
  if (ours && done == 0) line("link", one, two, 0, 0, NULL);
  return done;
}

static long removed(long at, long name, long flags) {
  char path[PATH_MAX];
  int ours = of_name(at, (const char *)name, path);
  long done = CALL(SYS_unlinkat, at, name, flags);
  if (ours && done == 0) line("remove", path, "", 0, 0, NULL);
  return done;
}

static long folder(long at, long name, long mode) {
  char path[PATH_MAX];
  int ours = of_name(at, (const char *)name, path);
  long done = CALL(SYS_mkdirat, at, name, mode);
  if (ours && done == 0) line("folder", path, "", 0, 0, NULL);
  return done;
}

static const unsigned watched[] = {
  SYS_open, SYS_openat, SYS_openat2, SYS_creat, SYS_write, SYS_pwrite64, SYS_writev, SYS_pwritev, SYS_pwritev2,
  SYS_truncate, SYS_ftruncate, SYS_fallocate, SYS_copy_file_range, SYS_sendfile, SYS_fsync, SYS_fdatasync,
  SYS_sync_file_range, SYS_sync, SYS_syncfs, SYS_rename, SYS_renameat, SYS_renameat2, SYS_unlink, SYS_unlinkat, SYS_rmdir,
  SYS_mkdir, SYS_mkdirat, SYS_link, SYS_linkat, SYS_symlink, SYS_symlinkat, SYS_io_uring_setup,
};
#define WATCHED (sizeof watched / sizeof *watched)

static long instead(long number, const long *of) {
  switch (number) {
    case SYS_open: return opened(AT_FDCWD, of[0], of[1], of[2]);
    case SYS_creat: return opened(AT_FDCWD, of[0], O_CREAT | O_WRONLY | O_TRUNC, of[1]);
    case SYS_openat: return opened(of[0], of[1], of[2], of[3]);
    case SYS_write: return written(of[0], (const void *)of[1], of[2], -1);
    case SYS_pwrite64: return written(of[0], (const void *)of[1], of[2], of[3]);
    case SYS_writev: return written_parts(of[0], (const struct iovec *)of[1], of[2]);
    case SYS_ftruncate: return cut(of[0], of[1]);
    /* Whoever would copy within the kernel copies by hand instead. */
    case SYS_copy_file_range: case SYS_sendfile: return -ENOSYS;
    case SYS_fallocate: return -EOPNOTSUPP;
    case SYS_fsync: case SYS_fdatasync: return synced(number, of[0]);
    case SYS_rename: return renamed(AT_FDCWD, of[0], AT_FDCWD, of[1], 0);
    case SYS_renameat: return renamed(of[0], of[1], of[2], of[3], 0);
    case SYS_renameat2: return renamed(of[0], of[1], of[2], of[3], of[4]);
    case SYS_unlink: return removed(AT_FDCWD, of[0], 0);
    case SYS_rmdir: return removed(AT_FDCWD, of[0], AT_REMOVEDIR);
    case SYS_unlinkat: return removed(of[0], of[1], of[2]);
    case SYS_mkdir: return folder(AT_FDCWD, of[0], of[1]);
    case SYS_mkdirat: return folder(of[0], of[1], of[2]);
    case SYS_link: return linked(AT_FDCWD, of[0], AT_FDCWD, of[1], 0);
    case SYS_linkat: return linked(of[0], of[1], of[2], of[3], of[4]);
    default: ends("a call that is not written down", number); return 0;
  }
}

static void turned_back(int signal, siginfo_t *about, void *context) {
  (void)signal;
  int before = errno;
  greg_t *held = ((ucontext_t *)context)->uc_mcontext.gregs;
  long of[6] = {held[REG_RDI], held[REG_RSI], held[REG_RDX], held[REG_R10], held[REG_R8], held[REG_R9]};
  pthread_mutex_lock(&turn);
  held[REG_RAX] = instead(about->si_syscall, of);
  pthread_mutex_unlock(&turn);
  errno = before;
}

/* Where the code of this library lies. */
static void code(uint64_t *from, uint64_t *to) {
  char text[PATH_MAX + 128], permissions[8];
  unsigned long a, b;
  FILE *maps = fopen("/proc/self/maps", "re");
  while (maps && fgets(text, sizeof text, maps)) {
    if (sscanf(text, "%lx-%lx %7s", &a, &b, permissions) != 3 || permissions[2] != 'x') continue;
    if ((uintptr_t)&call < a || (uintptr_t)&call >= b) continue;
    *from = a, *to = b;
    fclose(maps);
    return;
  }
  ends("no code", 0);
}

__attribute__((constructor)) static void start(void) {
  const char *to = getenv("HINOMI_RECORD"), *watch = getenv("HINOMI_RECORD_ROOT");
  if (!to || !watch) return;
  snprintf(root, sizeof root, "%s", watch);
  root_length = strlen(root);
  record = (int)CALL(SYS_openat, AT_FDCWD, (long)to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  uint64_t from, end;
  code(&from, &end);
  if (from >> 32 != (end - 1) >> 32) ends("code on both sides of a border", 0);

  struct sock_filter filter[WATCHED + 16];
  unsigned short n = 0;
#define ADD(...) filter[n++] = (struct sock_filter)__VA_ARGS__
#define LOAD(offset) ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset))
  LOAD(offsetof(struct seccomp_data, arch));
  ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0));
  ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
  LOAD(offsetof(struct seccomp_data, nr));
  for (unsigned at = 0; at < WATCHED; at++) {
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, watched[at], (unsigned char)(WATCHED - at), 0));
  }
  ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  LOAD(offsetof(struct seccomp_data, instruction_pointer) + 4);
  ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(from >> 32), 0, 4));
  LOAD(offsetof(struct seccomp_data, instruction_pointer));
  ADD(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (unsigned)from, 0, 2));
  ADD(BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (unsigned)(end - 1), 1, 0));
  ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
  struct sigaction on = {.sa_sigaction = turned_back, .sa_flags = SA_SIGINFO | SA_NODEFER};
  struct sock_fprog program = {n, filter};
  if (sigaction(SIGSYS, &on, NULL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
      || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
    ends("calls can not be turned back here", errno);
  }
}
