// The real kernel's time for a round trip through the routing mesh: UDP requests from a client's namespace to the published
// port, and a task in another namespace that sends each one back. Bursts of 64, each done before the next one begins.
// usage: mesh old|new CLIENT-NAMESPACE TASK-NAMESPACE ADDRESS PORT TASK-PORT PAYLOAD
//   old: one socket, so that connection tracking knows the connection; new: a socket and a port of its own for each request
// answers each turn with nanoseconds of the processor for a round trip
#define _GNU_SOURCE
#include "socket.h"

enum { SLOT = 2048, FIRST_PORT = 1024, LAST_PORT = 65023 };

static char outgoing[BURST][SLOT], incoming[BURST][SLOT], answer[SLOT];
static struct sockaddr_in senders[BURST];
static struct iovec out[BURST], in[BURST];
static struct mmsghdr sent[BURST], received[BURST];
static struct sockaddr_in published = {.sin_family = AF_INET};
static int fresh, payload, client, task;
static long answered, lost;

static int open_socket(int port) {
  int made = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (made < 0 || bind(made, (void *)&own, sizeof own) != 0) fail("bind");
  return made;
}

static int client_socket(int port) {
  int made = open_socket(port);
  if (connect(made, (void *)&published, sizeof published) != 0) fail("connect");
  return made;
}

static int wait_for(int socket) {
  struct pollfd waiting = {socket, POLLIN, 0};
  return poll(&waiting, 1, 20) > 0;
}

// Sends what came back to where it came from, until so many were answered.
static int echo(int wanted) {
  int done = 0;
  for (int misses = 0; done < wanted && misses < 50;) {
    for (int i = 0; i < BURST; i++) {
      in[i].iov_len = SLOT;
      received[i].msg_hdr.msg_name = &senders[i];
      received[i].msg_hdr.msg_namelen = sizeof senders[i];
    }
    int n = recvmmsg(task, received, wanted - done, MSG_DONTWAIT, NULL);
    if (n <= 0) {
      misses++;
      wait_for(task);
      continue;
    }
    for (int i = 0; i < n; i++) in[i].iov_len = received[i].msg_len;
    if (sendmmsg(task, received, n, 0) != n) fail("sendmmsg of the task");
    done += n;
  }
  return done;
}

static int burst_over_old(void) {
  int n = sendmmsg(client, sent, BURST, 0), got = 0;
  if (n < 0) fail("sendmmsg");
  n = echo(n);
  for (int i = 0; i < BURST; i++) {
    in[i].iov_len = SLOT;
    received[i].msg_hdr.msg_name = NULL;
    received[i].msg_hdr.msg_namelen = 0;
  }
  for (int misses = 0; got < n && misses < 50;) {
    int more = recvmmsg(client, received, n - got, MSG_DONTWAIT, NULL);
    if (more > 0) got += more;
    else if (!wait_for(client)) misses++;
  }
  return got;
}

static int burst_over_new(void) {
  static int port = LAST_PORT;
  int clients[BURST], got = 0;
  for (int i = 0; i < BURST; i++) {
    if (++port > LAST_PORT) port = FIRST_PORT;
    clients[i] = client_socket(port);
    if (send(clients[i], outgoing[i], payload, 0) != payload) fail("send");
  }
  echo(BURST);
  for (int i = 0; i < BURST; i++) {
    if (wait_for(clients[i]) && recv(clients[i], answer, SLOT, 0) == payload) got++;
    close(clients[i]);
  }
  return got;
}

static int burst(void) {
  int got = fresh ? burst_over_new() : burst_over_old();
  answered += got;
  lost += BURST - got;
  return got;
}

int main(int count, char **argument) {
  if (count != 8) return 2;
  fresh = strcmp(argument[1], "new") == 0;
  payload = atoi(argument[7]);
  enter(argument[3]);
  task = open_socket(atoi(argument[6]));
  enlarge(task);
  enter(argument[2]);
  published.sin_port = htons(atoi(argument[5]));
  inet_aton(argument[4], &published.sin_addr);
  client = client_socket(LAST_PORT + 1);
  enlarge(client);
  for (int i = 0; i < BURST; i++) {
    out[i] = (struct iovec){outgoing[i], payload};
    in[i] = (struct iovec){incoming[i], SLOT};
    sent[i].msg_hdr = (struct msghdr){.msg_iov = &out[i], .msg_iovlen = 1};
    received[i].msg_hdr = (struct msghdr){.msg_iov = &in[i], .msg_iovlen = 1};
  }
  // ARP, and what else is slow the first time.
  if (burst_over_old() == 0) fail("no answer");
  take_turns(burst);
  if (lost > 0) fprintf(stderr, "%ld lost\n", lost);
  return lost > answered / 1000;
}
