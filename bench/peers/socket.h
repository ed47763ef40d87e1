// What the programs that measure the real kernel share: clocks, samples, namespaces, sockets with room for whole bursts.
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BURST = 64, BUFFER = 64 << 20, SAMPLES = 25 };

static double seconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static int ascending(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}

// So many nanoseconds of the processor does one of the things take that `burst` does and counts: the median of samples
// over `budget` seconds, as bench/measuring.mjs takes it of ours. What other work on the machine costs is in few of them.
static double median_nanoseconds(int (*burst)(void), double budget) {
  double sample[SAMPLES];
  for (int i = 0; i < SAMPLES; i++) {
    double end = seconds(CLOCK_MONOTONIC) + budget / SAMPLES, start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    long done = 0;
    do done += burst();
    while (seconds(CLOCK_MONOTONIC) < end);
    sample[i] = (seconds(CLOCK_PROCESS_CPUTIME_ID) - start) * 1e9 / done;
  }
  qsort(sample, SAMPLES, sizeof *sample, ascending);
  return sample[SAMPLES / 2];
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

// The process is in that namespace from here on.
static void enter(const char *namespace) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int file = open(path, O_RDONLY);
  if (file < 0 || setns(file, CLONE_NEWNET) != 0) fail(namespace);
  close(file);
}

static void enlarge(int socket) {
  int size = BUFFER;
  setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
}
