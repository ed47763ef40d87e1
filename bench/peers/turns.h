// How our peers measure: in turn with the engine, each told on its standard input when it is its turn.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SAMPLES = 25 };

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

// Each line of standard input says for how many seconds to measure, and is answered by a line with the nanoseconds.
static void take_turns(int (*burst)(void)) {
  double budget;
  while (scanf("%lf", &budget) == 1) {
    printf("%.2f\n", median_nanoseconds(burst, budget));
    fflush(stdout);
  }
}
