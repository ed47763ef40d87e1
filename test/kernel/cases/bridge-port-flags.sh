# Flags of bridge ports: isolated, hairpin, flood, bcast_flood, mcast_flood, learning.
ns sw c1 c2 c3 c4
bridge_ sw br0
for i in 1 2 3 4; do
  link c$i eth0 02:42:0a:00:00:0$i sw p$i 02:00:00:00:01:0$i
  on c$i ip addr add 10.0.0.$i/24 dev eth0
  on c$i ip route add 224.0.0.0/4 dev eth0
  port sw br0 p$i
done
sleep 0.1
calm sw c1 c2 c3 c4
cap c1:eth0 c2:eth0 c3:eth0 c4:eth0 sw:p1
# Isolated ports talk to the others only.
run sw 'bridge link set dev p1 isolated on; bridge link set dev p2 isolated on; bridge -d link show dev p1'
run c1 'ping -c 1 -W 0.3 10.0.0.2; ip neigh | sort; ip neigh flush all'
run c1 'ping -c 1 -W 1 10.0.0.3'
run c3 'ping -c 1 -W 1 10.0.0.2'
run sw 'bridge fdb show br br0 | grep -v permanent | sort'
run sw 'bridge link set dev p1 isolated off; bridge link set dev p2 isolated off'
# Hairpin: a frame goes back where it came from.
run c1 'ip neigh replace 10.0.0.99 lladdr 02:42:0a:00:00:63 dev eth0 nud permanent; ping -c 1 -W 0.2 10.0.0.99'
run sw 'bridge link set dev p1 hairpin on'
run c1 'ping -c 1 -W 0.2 10.0.0.99; ip neigh | sort'
run sw 'bridge fdb show br br0 | grep -v permanent | sort'
run sw 'bridge link set dev p1 hairpin off'
# Broadcast and multicast are flags of their own.
run sw 'bridge link set dev p4 bcast_flood off'
run c1 'ping -c 1 -W 0.2 10.0.0.4; ip neigh flush all; ping -c 1 -W 0.2 224.0.0.77'
run sw 'bridge link set dev p4 bcast_flood on mcast_flood off flood off'
run c1 'ip neigh flush all; ping -c 1 -W 0.2 224.0.0.77; ping -c 1 -W 0.2 10.0.0.99'
run c2 'ping -c 1 -W 0.2 10.0.0.4; ip neigh | sort; ip neigh flush all'
# A port that does not learn, and whose address therefore is not known.
run sw 'bridge link set dev p4 flood on mcast_flood on; bridge link set dev p2 learning off; bridge fdb flush dev br0; bridge fdb show br br0 | grep -v permanent | sort'
run c2 'ping -c 2 -i 0.2 -W 0.2 10.0.0.3'
run sw 'bridge fdb show br br0 | grep -v permanent | sort'
# A port that is blocked: nothing in, nothing out.
run sw 'bridge link set dev p3 state 4; bridge link show dev p3 | sed "s/.*master/master/"'
run c2 'ping -c 1 -W 0.2 10.0.0.3'
run sw 'bridge link set dev p3 state 3'
run c2 'ping -c 1 -W 0.2 10.0.0.3'
