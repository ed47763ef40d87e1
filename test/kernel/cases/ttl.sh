# Times to live: routers in a row, the end of the road, tunnels that set, keep or inherit it.
road
sleep 0.1
calm c1 r1 r2 c2
cap c1:eth0 r1:eth1 c2:eth0
run c1 'ping -c 1 10.3.0.2'
for t in 1 2 3; do run c1 "ping -c 1 -W 0.5 -t $t 10.3.0.2"; done
run c1 'traceroute -n -N 1 -q 1 -w 1 10.3.0.2'
run c1 'traceroute -n -I -N 1 -q 1 -w 1 10.3.0.2'
run c1 'nc -u -w 1 -M 2 10.3.0.2 9 <<< x'
run c1 'ping -c 1 -t 1 10.1.0.1'
# An answer whose time to live is too small does not come back; its sender is not told of an echo's end.
on c2 sysctl -qw net.ipv4.ip_default_ttl=2
run c1 'ping -c 1 -W 0.5 10.3.0.2'
on c2 sysctl -qw net.ipv4.ip_default_ttl=64
# A loop ends by itself.
on r2 ip route replace 10.9.0.0/24 via 10.2.0.1
on r1 ip route replace 10.9.0.0/24 via 10.2.0.2
run c1 'ping -c 1 -t 6 -W 0.5 10.9.0.1'
