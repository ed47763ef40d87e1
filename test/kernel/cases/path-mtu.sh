# Path MTUs: learned from a router, shown, forgotten; what a route says of it (mtu, mtu lock); a device whose MTU changes.
road 1400
sleep 0.1
calm c1 r1 r2 c2
cap c1:eth0 r1:eth1 c2:eth0
run c1 'ping -c 1 10.3.0.2; ip route show cache'
# The router tells; the next packet is refused at home.
run c1 'ping -c 1 -M do -s 1373 -W 0.5 10.3.0.2'
run c1 'ip route show cache; ip route get 10.3.0.2; ip route get 10.3.0.3'
run c1 'ping -c 1 -M do -s 1373 -W 0.5 10.3.0.2; ip route show cache'
run c1 'ping -c 1 -M do -s 1372 -W 0.5 10.3.0.2'
# Who does not insist has its packets cut at home.
run c1 'ping -c 1 -s 1373 -W 0.5 10.3.0.2'
run c1 'ping -c 1 -M dont -s 1373 -W 0.5 10.3.0.2'
run c1 'ip route show cache; ip -j route show cache; ip route show cache 10.3.0.0/24; ip route show cache 10.9.0.0/24; ip route show table cache'
# What was learned follows the device: down with it, and up again when it was just as large.
run c1 'ip link set eth0 mtu 1450; ip route get 10.3.0.2'
run c1 'ip link set eth0 mtu 1300; ip route get 10.3.0.2'
run c1 'ping -c 1 -M do -s 1273 -W 0.5 10.3.0.2'
run c1 'ip link set eth0 mtu 1500; ip route get 10.3.0.2'
run c1 'ping -c 1 -M do -s 1473 -W 0.5 10.3.0.2'
run c1 'ping -c 1 -M do -s 1373 -W 0.5 10.3.0.2; ip route get 10.3.0.2'
run c1 'ip route flush cache; ip route show cache; ip route get 10.3.0.2'
# A route with an MTU of its own.
run c1 'ip route replace default via 10.1.0.1 mtu 1420; ip route get 10.3.0.2'
run c1 'ping -c 1 -M do -s 1393 -W 0.5 10.3.0.2'
run c1 'ping -c 1 -M do -s 1392 -W 0.5 10.3.0.2; ip route get 10.3.0.2; ip route show cache'
# One that is locked learns nothing, and who does not insist sends without DF.
run c1 'ip route replace default via 10.1.0.1 mtu lock 1420; ip route show; ip route get 10.3.0.2'
run c1 'ping -c 1 -s 1392 -W 0.5 10.3.0.2'
run c1 'ping -c 1 -s 1393 -W 0.5 10.3.0.2'
run c1 'ping -c 1 -M do -s 1392 -W 0.5 10.3.0.2; ip route get 10.3.0.2; ip route show cache'
run c1 'ping -c 1 -M do -s 1393 -W 0.5 10.3.0.2'
run c1 'echo x >/dev/udp/10.3.0.2/9'
run c1 'nc -w 1 -z 10.3.0.2 9'
on c2 ip route replace default via 10.3.0.1 mtu lock 1300
on c2 nc -l 80 </dev/null >/run/heard &
sleep 0.2
run c1 '{ echo hello; sleep 0.2; } | nc -N -w 2 10.3.0.2 80'
run c2 'cat /run/heard'
on c2 ip route replace default via 10.3.0.1
# A router with a locked route: it cuts at that size, and what may not be cut is refused.
run r1 'ip route replace 10.3.0.0/24 via 10.2.0.2 mtu lock 1350'
run c1 'ping -c 1 -s 1340 -W 0.5 10.3.0.2'
run c1 'ping -c 1 -M do -s 1340 -W 0.5 10.3.0.2'
# Below min_pmtu nobody believes it: packets go without DF.
run r1 'ip route replace 10.3.0.0/24 via 10.2.0.2 mtu 500'
run c1 'ip route replace default via 10.1.0.1; ping -c 1 -M do -s 500 -W 0.5 10.3.0.2; ip route get 10.3.0.2'
run c1 'ping -c 1 -s 500 -W 0.5 10.3.0.2'
run c1 'ping -c 1 -s 600 -W 0.5 10.3.0.2; ip route show cache'
run c1 'ip link set eth0 mtu 552; ip route get 10.3.0.2; ip link set eth0 mtu 1500; ip route get 10.3.0.2'
