#!/bin/bash
# kernel.sh COUNT: makes so many bare network namespaces with a veth each on the real kernel, in a mount and network
# namespace of its own, by one batch of ip; prints the milliseconds that pass: most of them the kernel waits (for RCU).
set -euo pipefail
mount -t tmpfs none /run
mkdir -p /run/netns
batch=$(for i in $(seq "$1"); do echo "netns add n$i"; echo "link add v$i type veth peer name eth0 netns n$i"; done)
before=$(date +%s%N)
ip -batch - <<<"$batch"
after=$(date +%s%N)
echo $(((after - before) / 1000000))
