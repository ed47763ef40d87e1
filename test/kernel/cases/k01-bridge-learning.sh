# A Linux bridge: learning, flooding, ageing, unknown unicast, a MAC that moves.
ns sw c1 c2 c3
bridge_ sw br0
for i in 1 2 3; do
  link c$i eth0 02:42:0a:00:00:0$i sw p$i 02:00:00:00:01:0$i
  ip -n c$i addr add 10.0.0.$i/24 dev eth0
  port sw br0 p$i
done
sleep 0.3
# A fresh bridge.
run sw 'bridge fdb show br br0 | grep -v -E "33:33|01:00:5e"'
cap c1:eth0 c2:eth0 c3:eth0
# c1 pings c2: the ARP request is flooded, reply and echo are not.
run c1 'busybox ping -c 2 10.0.0.2'
run sw 'bridge fdb show br br0 | grep -v -E "permanent|33:33|01:00:5e" | sort'
run c1 'ip neigh'
run c3 'ip neigh'
run c2 'ip neigh'
# Unknown unicast: the bridge forgot c2, c1 still has the neighbour.
run sw 'bridge fdb del 02:42:0a:00:00:02 dev p2 master'
run c1 'busybox ping -c 2 10.0.0.2'
# Unknown unicast that nobody owns is flooded every time.
run c1 'ip neigh replace 10.0.0.99 lladdr 02:42:0a:00:00:63 dev eth0 nud permanent; busybox ping -c 2 -i 0.2 -W 1 10.0.0.99'
# A MAC moves: c3 takes the MAC of c2 and sends.
on c2 ip link set eth0 down
on c3 ip link set eth0 address 02:42:0a:00:00:02
run sw 'bridge fdb show br br0 | grep -v -E "permanent|33:33|01:00:5e" | sort'
on c2 ip link set eth0 up
run c2 'ip -br link show eth0; ip neigh flush all; busybox ping -c 1 10.0.0.1'
run sw 'bridge fdb show br br0 | grep 02:42:0a:00:00:02'
run c3 'busybox ping -c 1 10.0.0.1'
run sw 'bridge fdb show br br0 | grep 02:42:0a:00:00:02'
# Port flags.
run sw 'bridge link set dev p3 flood off'
run c1 'busybox ping -c 1 -W 1 10.0.0.99'
run sw 'bridge link set dev p3 learning off; ip link set br0 type bridge fdb_flush'
run c3 'ip neigh flush all; ip link set eth0 address 02:42:0a:00:00:03; busybox ping -c 1 -W 1 10.0.0.1'
# The neighbour's second question comes after a second, when ping ends; how late the kernel's timer is, up to 32 ms, would
# decide whether its answer is flooded. Half a second later the question has been asked for certain, and the next is to come.
sleep 0.5
run sw 'bridge link set dev p3 flood on'
run c3 'busybox ping -c 1 -W 1 10.0.0.1'
run sw 'bridge fdb show br br0 | grep -v -E "permanent|33:33|01:00:5e" | sort'
# Broadcast and multicast.
run c1 'ip route add 224.0.0.0/4 dev eth0; timeout 0.3 busybox ping -c 1 -W 1 224.0.0.251; timeout 0.3 ping -b -c 1 -W 1 10.0.0.255'
# Ageing after two seconds.
run sw 'ip link set br0 type bridge ageing_time 200; cat /sys/class/net/br0/bridge/ageing_time'
run c1 'busybox ping -c 1 10.0.0.2'
run sw 'bridge fdb show br br0 | grep -c -E "02:42:0a:00:00:0[12]"'
sleep 3.2
run sw 'bridge fdb show br br0 | grep -v -E "permanent|33:33|01:00:5e"'
