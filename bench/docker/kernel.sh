#!/bin/bash
# kernel.sh COUNT: so many bare network namespaces with a veth each on the real kernel, made twice, in the mount and network
# namespace that it was started in: by commands of ip one at a time, each namespace's veth on one bridge, with an address
# and up, as one makes them by hand or in a script; and by one batch of ip, which makes the namespaces and veths alone,
# since no batch can go into a namespace. Prints JSON: milliseconds on the wall, because most of them the kernel waits (for
# RCU), and those of them that the commands had of the processor.
set -euo pipefail
count=$1
mount -t tmpfs none /run
mkdir -p /run/netns

one_at_a_time() {
  ip link add br0 type bridge
  ip link set br0 up
  for ((i = 0; i < count; i++)); do
    ip netns add "n$i"
    ip link add "v$i" type veth peer name eth0 netns "n$i"
    ip link set "v$i" master br0 up
    ip -n "n$i" address add "10.3.$((i / 250)).$((i % 250 + 2))/16" dev eth0
    ip -n "n$i" link set eth0 up
  done
}

in_one_batch() {
  for ((i = 0; i < count; i++)); do
    echo "netns add n$i"
    echo "link add v$i type veth peer name eth0 netns n$i"
  done | ip -batch -
}

# Takes away what was made. The kernel ends namespaces later, in its own time: until then the names of devices are taken.
clear_away() {
  ip -all netns delete
  ip link delete br0 2>/dev/null || true
  for ((i = 0; i < 300; i++)); do
    [ -n "$(ip -oneline link show type veth)" ] || return 0
    sleep 0.1
  done
  echo "kernel.sh: the namespaces do not end" >&2
  exit 1
}

# Sets wall and cpu to the milliseconds that a command takes.
TIMEFORMAT='%3R %3U %3S'
measure() {
  { time "$1" 2>&3; } 3>&2 2>/run/times
  read -r wall user system </run/times
  wall=$((10#${wall/./}))
  cpu=$((10#${user/./} + 10#${system/./}))
  clear_away
}

measure one_at_a_time
echo "{\"kernelMs\": $wall, \"kernelCpuMs\": $cpu,"
measure in_one_batch
echo "\"kernelBatchMs\": $wall}"
