#!/bin/sh
# The bench's path on the real kernel: two hosts in namespaces, each with a bridge, a VTEP and one container.
#   cA 10.3.0.2 -veth- br0 (hA) - vx42 -VXLAN- hA 172.10.0.15 ==veth== 172.10.0.16 hB - vx42 - br0 (hB) -veth- cB 10.3.0.5
# usage: kernel-up.sh PREFIX      (namespaces are PREFIX-hA ...; kernel-down.sh PREFIX removes them)
set -e
p=$1
for n in hA hB cA cB; do
  ip netns add "$p-$n"
  ip -n "$p-$n" link set lo up
done
ip link add name eth0 netns "$p-hA" type veth peer name eth0 netns "$p-hB"

# host HOST ITS-ADDRESS CONTAINER ITS-ADDRESS ITS-MAC OTHER-HOST'S-ADDRESS OTHER-CONTAINER'S-ADDRESS ITS-MAC
host() {
  ns=$p-$1 c=$p-$3
  ip -n "$ns" address add "$2/16" dev eth0
  ip -n "$ns" link set eth0 up
  ip -n "$ns" link add br0 type bridge
  ip -n "$ns" link set br0 up
  ip -n "$ns" link add vx42 type vxlan id 42 dstport 4789 local "$2" nolearning
  ip -n "$ns" link set vx42 mtu 1450 master br0 up
  ip link add name eth0 netns "$c" address "$5" mtu 1450 type veth peer name v0 netns "$ns" mtu 1450
  ip -n "$ns" link set v0 master br0 up
  ip -n "$c" address add "$4/24" dev eth0
  ip -n "$c" link set eth0 up
  ip -n "$c" neighbour add "$7" lladdr "$8" dev eth0 nud permanent
  bridge -n "$ns" fdb add "$8" dev vx42 dst "$6" self permanent
  bridge -n "$ns" fdb add "$8" dev vx42 master static
}
host hA 172.10.0.15 cA 10.3.0.2 02:42:0a:03:00:02 172.10.0.16 10.3.0.5 02:42:0a:03:00:05
host hB 172.10.0.16 cB 10.3.0.5 02:42:0a:03:00:05 172.10.0.15 10.3.0.2 02:42:0a:03:00:02
