# Fragments that come late, out of order, twice, overlapping, or not at all.
# c1 - sw - two routers of one address - c2. What a router has for c2 comes by a link of its own.
ns c1 sw r1 r2 c2
bridge_ sw br0
link c1 eth0 02:42:0a:01:00:02 sw p0 02:00:00:00:01:00
port sw br0 p0
on c1 ip addr add 10.1.0.2/24 dev eth0
on c1 ip neigh replace 10.1.0.1 lladdr 02:42:0a:01:00:01 dev eth0 nud permanent
on c1 ip route add default via 10.1.0.1
on c2 ip addr add 10.3.0.2/32 dev lo
# router NUMBER MTU
router() {
  link r$1 eth0 02:42:0a:01:00:01 sw p$1 02:00:00:00:01:0$1
  link r$1 eth1 02:42:0a:02:0$1:01 c2 eth$1 02:42:0a:02:0$1:02 $2
  on r$1 sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.eth1.rp_filter=0
  on r$1 ip addr add 10.1.0.1/24 dev eth0
  on r$1 ip neigh replace 10.1.0.2 lladdr 02:42:0a:01:00:02 dev eth0 nud permanent
  on r$1 ip addr add 10.2.$1.1/24 dev eth1
  on c2 ip addr add 10.2.$1.2/24 dev eth$1
  on c2 sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth$1.rp_filter=0
  on r$1 ip neigh replace 10.2.$1.2 lladdr 02:42:0a:02:0$1:02 dev eth1 nud permanent
  on c2 ip neigh replace 10.2.$1.1 lladdr 02:42:0a:02:0$1:01 dev eth$1 nud permanent
  on r$1 ip route add 10.3.0.0/24 via 10.2.$1.2
}
router 1 1000
router 2 800
on c2 ip route add default via 10.2.1.1
on c2 sysctl -qw net.ipv4.ipfrag_time=1
port sw br0 p1
on sw bridge link set dev p1 learning off
counts='grep ^Ip: /proc/net/snmp | cut -d" " -f 15-20'
sleep 0.1
cap c1:eth0 c2:eth1 c2:eth2
# In order.
run c1 'ping -c 1 -M dont -s 2500 -W 0.3 10.3.0.2'
run c2 "$counts"
# The first fragment comes last: it alone has to wait for its neighbour.
on r1 iptables -t mangle -A PREROUTING -i eth0 -p icmp ! -f -j MARK --set-mark 1
link r1 eth2 02:42:0a:02:03:01 c2 eth3 02:42:0a:02:03:02 1000
on r1 ip addr add 10.2.3.1/24 dev eth2
on c2 ip addr add 10.2.3.2/24 dev eth3
on c2 sysctl -qw net.ipv4.conf.eth3.rp_filter=0
on r1 ip rule add fwmark 1 table 100
on r1 ip route add 10.3.0.0/24 via 10.2.3.2 table 100
run c1 'ping -c 1 -M dont -s 1400 -W 0.3 10.3.0.2'
run c1 'ping -c 1 -M dont -s 2900 -W 0.3 10.3.0.2'
run c2 "$counts"
on r1 ip rule del fwmark 1
# Without its first one a datagram ends in silence, without another the sender is told.
on r1 iptables -A FORWARD -i eth0 -p icmp ! -f -j DROP
run c1 'ping -c 1 -M dont -s 2500 -W 1.5 10.3.0.2'
run c2 "$counts"
on r1 iptables -F FORWARD
on r1 iptables -A FORWARD -i eth0 -f -j DROP
run c1 'ping -c 1 -M dont -s 2500 -W 1.5 10.3.0.2'
run c2 "$counts"
on r1 iptables -F FORWARD
# Both routers have it: the datagram comes twice, cut in two ways, and is answered twice.
port sw br0 p2
on sw bridge link set dev p2 learning off
run c1 'ping -c 1 -M dont -s 1300 -W 0.3 10.3.0.2'
run c2 "$counts"
# The rest of what came first is lost, and what comes instead overlaps it: all of it is thrown away.
on c2 iptables -t raw -A PREROUTING -i eth2 -f -j DROP
run c1 'ping -c 1 -M dont -s 1300 -W 1.3 10.3.0.2'
run c2 "$counts"
# The first fragment again is no overlap.
for n in r1:eth1 c2:eth1; do on ${n%:*} ip link set ${n#*:} mtu 800; done
run c1 'ping -c 1 -M dont -s 1300 -W 0.3 10.3.0.2'
run c2 "$counts"
# The beginning of one cut, the end of the other: a gap stays between them, and the sender is told.
for n in r1:eth1 c2:eth1; do on ${n%:*} ip link set ${n#*:} mtu 1000; done
on c2 iptables -t raw -A PREROUTING -i eth1 ! -f -j DROP
run c1 'ping -c 1 -M dont -s 1300 -W 1.5 10.3.0.2'
run c2 "$counts"
# Nothing is put together while the queue may hold nothing.
on c2 iptables -t raw -F PREROUTING
run c2 'sysctl -w net.ipv4.ipfrag_high_thresh=0'
run c2 'sysctl -w net.ipv4.ipfrag_low_thresh=0 net.ipv4.ipfrag_high_thresh=0'
run c2 'sysctl -w net.ipv4.ipfrag_low_thresh=1'
run c1 'ping -c 1 -M dont -s 1300 -W 0.3 10.3.0.2'
run c2 "$counts"
