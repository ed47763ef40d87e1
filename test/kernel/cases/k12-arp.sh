# ARP: states over time, failure, gratuitous ARP, a duplicate address.
# The reachable time is drawn by chance, from 0.5 to 1.5 s: how often it ends within a step makes the difference.
# seeds: 1 2 13 14 18 48
ns c1 c2 c3 sw
bridge_ sw br0
for i in 1 2 3; do
  link c$i eth0 02:42:0a:00:00:0$i sw p$i 02:00:00:00:01:0$i
  port sw br0 p$i
  ip -n c$i addr add 10.0.0.$i/24 dev eth0
done
sleep 0.3
cap c1:eth0 c3:eth0
# Resolution fails after three requests, one second apart.
(sleep 0.4; ip -n c1 neigh show 10.0.0.77 >/run/waiting) &
# A little faster than the SYN, which would come once more in the very moment in which the neighbour is given up.
on c1 sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=950
run c1 'nc -w 5 10.0.0.78 80 2>&1 & ping -c 1 -W 4 10.0.0.77 2>&1 | sed -E "s/time [0-9]+ms/time N ms/"; wait'
cat /run/waiting
run c1 'ip neigh | sort'
# REACHABLE, STALE when idle, DELAY at the next use, a unicast PROBE, REACHABLE again.
on c1 sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=1000
on c1 sysctl -qw net.ipv4.neigh.eth0.base_reachable_time_ms=1000 net.ipv4.neigh.eth0.delay_first_probe_time=1
sleep 0.1
run c1 'ip neigh flush all; busybox ping -c 1 10.0.0.2 >/dev/null; ip neigh show 10.0.0.2; sleep 3.2; ip neigh show 10.0.0.2; echo x > /dev/udp/10.0.0.2/9 2>/dev/null; ip neigh show 10.0.0.2; sleep 1.3; ip neigh show 10.0.0.2'
# Gratuitous ARP: c3 announces 10.0.0.2, and c1 has an entry for it.
run c1 'busybox ping -c 1 10.0.0.2 >/dev/null; ip neigh show 10.0.0.2'
on c2 ip link set eth0 down
run c3 'ip addr add 10.0.0.2/32 dev eth0; arping -U -c 1 -I eth0 -s 10.0.0.2 10.0.0.2 | head -1; ip addr del 10.0.0.2/32 dev eth0'
run c1 'ip neigh show | sort'
on c2 ip link set eth0 up
# Duplicate address detection.
run c3 'arping -D -c 1 -w 1 -I eth0 10.0.0.1; echo status $?'
# ARP for an address of another interface: any local address is answered on any interface.
on c2 ip addr add 192.168.5.5/32 dev lo
run c1 'ip route add 192.168.5.5/32 dev eth0; busybox ping -c 1 -W 1 192.168.5.5; ip neigh show 192.168.5.5'
