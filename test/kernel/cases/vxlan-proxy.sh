# VXLAN as Docker's overlay uses it: the tunnel is made on the host and moved into a sandbox; every neighbour and every
# place is told; the tunnel answers ARP itself and floods nothing.
ns hA hB oA oB cA cB
link hA eth0 52:54:00:0a:00:0f hB eth0 52:54:00:0a:00:11
on hA ip addr add 172.10.0.15/24 dev eth0
on hB ip addr add 172.10.0.17/24 dev eth0
# overlay HOST SANDBOX CONTAINER LAST-BYTE
overlay() {
  on $1 ip link add vxlan0 address 02:00:00:00:03:0$4 type vxlan id 4097 dstport 4789 ttl 64 proxy l2miss l3miss
  on $1 ip link set vxlan0 netns $2
  bridge_ $2 br0 02:00:00:00:01:0$4
  on $2 ip addr add 10.0.1.1/24 dev br0
  link $3 eth0 02:42:0a:00:01:0$4 $2 veth0 02:00:00:00:02:0$4 1450
  port $2 br0 veth0
  port $2 br0 vxlan0
  wire $2 vxlan0
  on $2 ip link set vxlan0 mtu 1450 up
  on $3 ip addr add 10.0.1.$4/24 dev eth0
}
overlay hA oA cA 2
overlay hB oB cB 3
sleep 0.1
calm hA hB oA oB cA cB
cap cA:eth0 cB:eth0 hA:eth0 oA:vxlan0 oB:vxlan0
run oA 'ip -d link show vxlan0 | sed -n 3p; bridge fdb show dev vxlan0 | sort'
# Nobody has told it yet: nothing leaves the host.
run cA 'ping -c 1 -W 0.3 10.0.1.3; ip neigh | sort; ip neigh flush all'
# The neighbour is known, its place is not.
on oA ip neigh replace 10.0.1.3 lladdr 02:42:0a:00:01:03 dev vxlan0 nud permanent
run cA 'ping -c 1 -W 0.3 10.0.1.3; ip neigh | sort; ip neigh flush all'
# Both are known, on both sides.
on oA bridge fdb append 02:42:0a:00:01:03 dev vxlan0 dst 172.10.0.17 self permanent
on oB ip neigh replace 10.0.1.2 lladdr 02:42:0a:00:01:02 dev vxlan0 nud permanent
on oB bridge fdb append 02:42:0a:00:01:02 dev vxlan0 dst 172.10.0.15 self permanent
run cA 'ping -c 2 -i 0.2 10.0.1.3; ip neigh | sort'
run cB 'ip neigh'
run oA 'bridge fdb show dev vxlan0 | sort; ip neigh show dev vxlan0'
run oB 'bridge fdb show dev vxlan0 | sort; ip neigh show dev vxlan0'
# For who is not there nothing leaves the host either, nor for broadcasts.
run cA 'ping -c 1 -W 0.3 10.0.1.77; ip neigh flush all; ping -b -c 1 -W 0.3 10.0.1.255'
# It left: the tunnel is told so.
on oA bridge fdb del 02:42:0a:00:01:03 dev vxlan0 dst 172.10.0.17 self
run cA 'ping -c 1 -W 0.3 10.0.1.3'
