# VXLAN that floods by IP multicast, among three tunnel ends.
ns sw hA hB hC cA cB cC
bridge_ sw u0
host hA 15 0f cA 2
host hB 17 11 cB 3
host hC 33 21 cC 5
sleep 0.3
cap hA:eth0 hB:eth0 hC:eth0 cB:eth0 cC:eth0
# Each tunnel end joins the group.
join() {
  on $1 ip link add vx0 address 02:00:00:00:03:$2 type vxlan id 42 group 239.1.1.1 dstport 4789 local 172.10.0.$2 dev eth0
  wire $1 vx0
  port $1 br0 vx0
  on $1 ip link set vx0 up
}
join hA 15
join hB 17
join hC 33
sleep 1.2
run hA 'ip maddr show dev eth0 | grep 239; bridge fdb show dev vx0'
run cA 'busybox ping -c 2 10.3.0.5'
run hA 'bridge fdb show dev vx0 | sort'
run hB 'bridge fdb show dev vx0 | sort'
# Broadcast.
run cA 'ping -b -c 1 -W 1 10.3.0.255'
