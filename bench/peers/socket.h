// What the programs that measure the real kernel share: namespaces, and sockets with room for whole bursts.
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "turns.h"

enum { BURST = 64, BUFFER = 64 << 20 };

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
