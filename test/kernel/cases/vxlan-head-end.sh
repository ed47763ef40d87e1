# Head-end replication: three tunnel ends, each of which names the others as where to send what it does not know.
ns sw hA hB hC cA cB cC
bridge_ sw u0
# end NAME LAST-BYTE MAC-BYTE CONTAINER ADDRESS-BYTE
end() {
  host "$@"
  on $1 ip link add vx0 address 02:00:00:00:03:$2 type vxlan id 42 dstport 4789 local 172.10.0.$2
  wire $1 vx0
  port $1 br0 vx0
  on $1 ip link set vx0 mtu 1450 up
}
end hA 15 0f cA 2
end hB 17 11 cB 3
end hC 33 21 cC 5
for h in hA:15 hB:17 hC:33; do
  for remote in 15 17 33; do
    if [ ${h#*:} != $remote ]; then on ${h%:*} bridge fdb append 00:00:00:00:00:00 dev vx0 dst 172.10.0.$remote; fi
  done
done
calm sw hA hB hC cA cB cC
# Who resolves whom is not the matter here.
for h in hA hB hC; do
  for remote in 15 17 33; do on $h ping -q -c 1 172.10.0.$remote >/dev/null; done
done
cap hA:eth0 hB:eth0 hC:eth0 cB:eth0 cC:eth0
run hA 'bridge fdb show dev vx0'
# The first request goes to both, the answer and all that follows to one.
run cA 'ping -c 2 -i 0.2 10.3.0.5'
run hA 'bridge fdb show dev vx0 | sort'
run hB 'bridge fdb show dev vx0 | sort'
# A broadcast goes to both; what came from a tunnel does not go back into it.
run cB 'ping -b -c 1 -W 0.2 10.3.0.255'
run hC 'bridge fdb show dev vx0 | sort'
# One remote less.
run hA 'bridge fdb del 00:00:00:00:00:00 dev vx0 dst 172.10.0.33; bridge fdb show dev vx0 | sort'
run cA 'ping -b -c 1 -W 0.2 10.3.0.255'
# A container moves: its address is learned anew.
on hC ip link set v0 down
link cC eth1 02:42:0a:03:00:05 hB v1 02:00:00:00:02:18 1450
port hB br0 v1
on cC ip addr del 10.3.0.5/24 dev eth0
on cC ip addr add 10.3.0.5/24 dev eth1
run cC 'ping -c 1 10.3.0.2'
run hA 'bridge fdb show dev vx0 | sort'
run cA 'ping -c 1 10.3.0.5'
# The same place twice is refused.
run hA 'bridge fdb append 00:00:00:00:00:00 dev vx0 dst 172.10.0.17; bridge fdb add 00:00:00:00:00:00 dev vx0 dst 172.10.0.17'
