// The real kernel's time for a packet: UDP from a socket in one network namespace to a socket in another, on one core.
// Bursts of 64 by sendmmsg, each read with recvmmsg before the next one goes: nothing waits, nothing is lost.
// usage: kernel FROM-NAMESPACE TO-NAMESPACE ADDRESS PORT PAYLOAD      answers each turn with nanoseconds of the processor
#define _GNU_SOURCE
#include "socket.h"

static char outgoing[BURST][2048], incoming[BURST][2048];
static struct iovec out[BURST], in[BURST];
static struct mmsghdr sent[BURST], received[BURST];
static int sender, receiver;
static long lost;

static int socket_in(const char *namespace) {
  enter(namespace);
  int made = socket(AF_INET, SOCK_DGRAM, 0);
  enlarge(made);
  return made;
}

static int receive(int from, struct mmsghdr *messages, int wanted) {
  int got = 0;
  for (int misses = 0; got < wanted && misses < 2000;) {
    int n = recvmmsg(from, messages, wanted - got, MSG_DONTWAIT, NULL);
    if (n > 0) {
      got += n;
      continue;
    }
    struct pollfd waiting = {from, POLLIN, 0};
    poll(&waiting, 1, 1);
    misses++;
  }
  return got;
}

static int burst(void) {
  int n = sendmmsg(sender, sent, BURST, 0);
  if (n < 0) fail("sendmmsg");
  int got = receive(receiver, received, n);
  lost += n - got;
  return got;
}

int main(int count, char **argument) {
  if (count != 6) return 2;
  int port = atoi(argument[4]), payload = atoi(argument[5]);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  receiver = socket_in(argument[2]);
  if (bind(receiver, (void *)&to, sizeof to) != 0) fail("bind");
  sender = socket_in(argument[1]);
  inet_aton(argument[3], &to.sin_addr);
  if (connect(sender, (void *)&to, sizeof to) != 0) fail("connect");

  for (int i = 0; i < BURST; i++) {
    out[i] = (struct iovec){outgoing[i], payload};
    in[i] = (struct iovec){incoming[i], sizeof incoming[i]};
    sent[i].msg_hdr = (struct msghdr){.msg_iov = &out[i], .msg_iovlen = 1};
    received[i].msg_hdr = (struct msghdr){.msg_iov = &in[i], .msg_iovlen = 1};
  }
  // ARP, and what else is slow the first time.
  if (burst() == 0) fail("nothing arrived");
  take_turns(burst);
  if (lost > 0) fprintf(stderr, "%ld lost\n", lost);
  return lost > 0;
}
