# A tunnel over a router with a narrow link behind it: outer packets are cut on the way, or refused, and the tunnel learns.
far 1400
ns cA cB
# tunnel HOST CONTAINER LOCAL REMOTE ADDRESS MAC
tunnel() {
  bridge_ $1 br0 02:00:00:00:01:fe
  link $2 eth0 02:42:0a:03:00:0$6 $1 v0 02:00:00:00:02:0$6
  port $1 br0 v0
  on $2 ip addr add $5/24 dev eth0
  on $1 ip link add vx100 address 02:00:00:00:03:0$6 type vxlan id 100 dstport 4789 local $3 remote $4
  wire $1 vx100
  port $1 br0 vx100
  on $1 ip link set vx100 mtu 1450 up
  on $2 ip link set eth0 mtu 1450
}
tunnel hA cA 172.10.0.15 172.10.1.17 10.3.0.2 2
tunnel hB cB 172.10.1.17 172.10.0.15 10.3.0.5 5
sleep 0.1
calm hA r hB cA cB
run cA 'ping -c 1 10.3.0.5'
cap cA:eth0 cB:eth0 hA:eth0 hB:eth0
# Cut by the router, put together by the other end.
run cA 'ping -c 1 -M do -s 1350 -W 0.5 10.3.0.5'
run cA 'ping -c 1 -M do -s 1351 -W 0.5 10.3.0.5'
run cA 'ping -c 1 -M dont -s 3000 -W 0.5 10.3.0.5'
# Outer DF: the router tells the host, which tells the sender of the next packet.
for h in hA hB; do on $h ip link set vx100 type vxlan df set; done
run cA 'ping -c 1 -M do -s 1322 -W 0.5 10.3.0.5'
run cA 'ping -c 1 -M do -s 1323 -W 0.5 10.3.0.5'
run hA 'ip route get 172.10.1.17'
run cA 'ping -c 1 -M do -s 1323 -W 0.5 10.3.0.5; ip route get 10.3.0.5'
run cA 'ping -c 1 -M do -s 1323 -W 0.5 10.3.0.5'
run cA 'ping -c 1 -s 1400 -W 0.5 10.3.0.5'
