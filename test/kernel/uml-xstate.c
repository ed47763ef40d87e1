/*
 * Processors with AMX have a register state that is larger than what user-mode-linux 6.1 makes room for, and ptrace
 * refuses a shorter buffer when the state is written: the kernel ends at its first process. Preloaded, this reads the
 * whole state and hands on as much as fits; what is written back goes in front of the rest that was there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PEEKTEXT = 1, PEEKUSER = 3, GETREGSET = 0x4204, SETREGSET = 0x4205, NT_X86_XSTATE = 0x202 };

static long call(long request, long pid, void *address, void *data) {
  return syscall(SYS_ptrace, request, pid, address, data);
}

long ptrace(int request, ...) {
  va_list list;
  va_start(list, request);
  long pid = va_arg(list, int);
  void *address = va_arg(list, void *);
  void *data = va_arg(list, void *);
  va_end(list);
  if ((request == GETREGSET || request == SETREGSET) && (long)address == NT_X86_XSTATE) {
    static char state[16384] __attribute__((aligned(64)));
    struct iovec whole = {state, sizeof state}, *part = data;
    if (call(GETREGSET, pid, address, &whole) < 0) return -1;
    size_t length = part->iov_len < whole.iov_len ? part->iov_len : whole.iov_len;
    if (request == SETREGSET) {
      memcpy(state, part->iov_base, length);
      return call(SETREGSET, pid, address, &whole);
    }
    memcpy(part->iov_base, state, length);
    part->iov_len = length;
    return 0;
  }
  if (request >= PEEKTEXT && request <= PEEKUSER) {
    /* The system call stores the word; the function of the C library returns it. */
    long word;
    if (call(request, pid, address, &word) < 0) return -1;
    errno = 0;
    return word;
  }
  return call(request, pid, address, data);
}
