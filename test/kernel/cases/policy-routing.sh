# Routing: the longest prefix, metrics, ToS, types that refuse, and rules by source, mark, device and ToS.
ns c1 r a b c2
link c1 eth0 02:42:0a:01:00:02 r eth0 02:42:0a:01:00:01
link r eth1 02:42:0a:02:00:01 a eth0 02:42:0a:02:00:02
link r eth2 02:42:0a:03:00:01 b eth0 02:42:0a:03:00:02
link a eth1 02:42:0a:04:00:01 c2 eth0 02:42:0a:04:00:02
link b eth1 02:42:0a:05:00:01 c2 eth1 02:42:0a:05:00:02
for n in r a b; do on $n sysctl -qw net.ipv4.ip_forward=1; done
for n in r a b c2; do for d in all eth0 eth1; do on $n sysctl -qw net.ipv4.conf.$d.rp_filter=0; done; done
on r sysctl -qw net.ipv4.conf.eth2.rp_filter=0
on c1 ip addr add 10.1.0.2/24 dev eth0
on c1 ip addr add 10.1.0.3/24 dev eth0
on r ip addr add 10.1.0.1/24 dev eth0
on r ip addr add 10.2.0.1/24 dev eth1
on r ip addr add 10.3.0.1/24 dev eth2
on a ip addr add 10.2.0.2/24 dev eth0
on a ip addr add 10.4.0.1/24 dev eth1
on b ip addr add 10.3.0.2/24 dev eth0
on b ip addr add 10.5.0.1/24 dev eth1
on c2 ip addr add 10.4.0.2/24 dev eth0
on c2 ip addr add 10.5.0.2/24 dev eth1
on c2 ip addr add 10.9.0.2/24 dev lo
on c2 ip addr add 10.9.1.2/24 dev lo
on c1 ip route add default via 10.1.0.1
on a ip route add default via 10.2.0.1
on a ip route add 10.9.0.0/16 via 10.4.0.2
on b ip route add default via 10.3.0.1
on b ip route add 10.9.0.0/16 via 10.5.0.2
on c2 ip route add default via 10.4.0.1
sleep 0.1
calm c1 r a b c2
cap c1:eth0 r:eth1 r:eth2
# The longest prefix, then the smallest metric.
run r 'ip route add 10.9.0.0/16 via 10.2.0.2; ip route add 10.9.1.0/24 via 10.3.0.2; ip route add 10.9.1.0/24 via 10.2.0.2 metric 50; ip route show'
run c1 'ping -c 1 -W 0.3 10.9.0.2; ping -c 1 -W 0.3 10.9.1.2'
run r 'ip route del 10.9.1.0/24 via 10.3.0.2; ip route get 10.9.1.2'
run c1 'ping -c 1 -W 0.3 10.9.1.2'
# By type of service.
run r 'ip route add 10.9.1.0/24 tos 0x10 via 10.3.0.2; ip route show 10.9.1.0/24; ip route get 10.9.1.2 tos 0x10'
run c1 'ping -c 1 -Q 0x10 -W 0.3 10.9.1.2; ping -c 1 -Q 0x08 -W 0.3 10.9.1.2'
run r 'ip route del 10.9.1.0/24 tos 0x10'
# What refuses, and who is told.
for t in unreachable prohibit blackhole; do
  run r "ip route add $t 10.9.1.2; ip route get 10.9.1.2; ip route get 10.9.1.2 from 10.1.0.2 iif eth0"
  run c1 'ping -c 1 -W 0.3 10.9.1.2'
  run r "ip route del $t 10.9.1.2"
done
run r 'ip route add throw 10.9.1.2; ip route get 10.9.1.2; ip route del throw 10.9.1.2'
# By source.
run r 'ip rule add from 10.1.0.3 table 100; ip route add 10.9.0.0/16 via 10.3.0.2 table 100; ip rule show; ip route show table 100'
run c1 'ping -c 1 -W 0.3 -I 10.1.0.3 10.9.0.2; ping -c 1 -W 0.3 -I 10.1.0.2 10.9.0.2'
run r 'ip route get 10.9.0.2 from 10.1.0.3 iif eth0; ip route get 10.9.0.2 from 10.1.0.2 iif eth0'
# A table that throws lets the next rule decide; so does one that knows nothing.
run r 'ip route replace throw 10.9.0.2 table 100; ip route get 10.9.0.2 from 10.1.0.3 iif eth0'
run c1 'ping -c 1 -W 0.3 -I 10.1.0.3 10.9.0.2; ping -c 1 -W 0.3 -I 10.1.0.3 10.9.1.2'
# By mark, by device, not, by ToS, by destination, to a rule further on, and rules that refuse.
run r 'ip rule flush; ip rule add pref 32766 table main; ip rule add pref 32767 table default; ip rule show'
on r iptables -t mangle -A PREROUTING -p udp -j MARK --set-mark 7
run r 'ip rule add fwmark 7 table 100 pref 100; ip route flush table 100; ip route add default via 10.3.0.2 table 100'
run c1 'echo x >/dev/udp/10.9.0.2/9; ping -c 1 -W 0.3 10.9.0.2'
run r 'ip rule del pref 100; ip rule add iif eth0 dsfield 0x08 table 100 pref 100; ip rule show'
run c1 'ping -c 1 -Q 0x08 -W 0.3 10.9.0.2; ping -c 1 -W 0.3 10.9.0.2'
run r 'ip rule del pref 100; ip rule add not from 10.1.0.2 to 10.9.0.0/24 table 100 pref 100; ip rule show'
run c1 'ping -c 1 -W 0.3 -I 10.1.0.3 10.9.0.2; ping -c 1 -W 0.3 -I 10.1.0.2 10.9.0.2'
run r 'ip rule add from 10.1.0.3 goto 200 pref 50; ip rule add from all prohibit pref 200; ip rule show'
run c1 'ping -c 1 -W 0.3 -I 10.1.0.3 10.9.0.2'
run r 'ip rule del pref 200; ip rule add from all blackhole pref 200; ip rule del pref 100'
run c1 'ping -c 1 -W 0.3 -I 10.1.0.3 10.9.0.2'
run r 'ip rule del pref 200; ip rule add from 10.1.0.3 unreachable pref 200'
run c1 'ping -c 1 -W 0.3 -I 10.1.0.3 10.9.0.2'
run r 'ip rule del pref 50; ip rule del pref 200; ip rule show'
# A default route that is of no use: suppressed by its length.
run r 'ip route add default via 10.3.0.2; ip rule add pref 300 table main suppress_prefixlength 0; ip rule add pref 301 table 100; ip route replace default via 10.2.0.2 table 100; ip rule show'
run c1 'ping -c 1 -W 0.3 10.8.0.2; ping -c 1 -W 0.3 10.9.0.2'
# A link goes down, and its routes with it. The kernel tells of a carrier's loss and return at most once a second.
run r 'ip link set eth1 down; ip route show; ip route show table 100'
sleep 1.1
run c1 'ping -c 1 -W 0.3 10.9.0.2'
run r 'ip link set eth1 up; ip route show'
sleep 1.1
# From here: the source that a route prefers, and a rule for what is sent by one device.
run c1 'ip route add 10.9.0.0/16 via 10.1.0.1 src 10.1.0.3; ip route get 10.9.0.2; ping -c 1 -W 0.3 10.9.0.2'
run c1 'ip rule add oif eth0 table 100; ip route add 10.9.0.2 via 10.1.0.77 table 100; ip route get 10.9.0.2; ip route get 10.9.0.2 oif eth0'
# Strict and loose filters of the source.
run c2 'ip route replace default via 10.5.0.1'
on r sysctl -qw net.ipv4.conf.eth1.rp_filter=1
run c1 'ping -c 1 -W 0.3 -I 10.1.0.2 10.9.0.2'
