# MTU and fragments on every path through a tunnel: inner packets with and without DF, too large for the container, for the
# bridge, for the tunnel; outer packets too large for the host's card or for a link on the way. And times to live.
far
ns cA cB
for n in hA hB; do on $n sysctl -qw net.ipv4.ip_forward=1; done
# tunnel HOST CONTAINER LOCAL REMOTE SUBNET OTHER-SUBNET LAST-BYTE: a routed tunnel, each host the router of its container.
tunnel() {
  link $2 eth0 02:42:0a:03:0$7:02 $1 v0 02:42:0a:03:0$7:01
  on $2 ip addr add $5.2/24 dev eth0
  on $2 ip route add default via $5.1
  on $1 ip addr add $5.1/24 dev v0
  on $1 ip link add vx0 address 02:00:00:00:03:0$7 type vxlan id 100 dstport 4789 local $3 remote $4
  wire $1 vx0
  on $1 ip addr add 10.200.0.$7/24 dev vx0
  on $1 ip link set vx0 mtu 1500 up
}
tunnel hA cA 172.10.0.15 172.10.1.17 10.3.1 10.3.2 1
tunnel hB cB 172.10.1.17 172.10.0.15 10.3.2 10.3.1 2
on hA ip route add 10.3.2.0/24 via 10.200.0.2
on hB ip route add 10.3.1.0/24 via 10.200.0.1
sleep 0.1
calm cA hA r hB cB
on cA ping -c 1 10.3.2.2 >/dev/null
cap cA:eth0 hA:vx0 hA:eth0 hB:eth0 cB:eth0
for h in hA hB; do on $h ip link set vx0 mtu 1450; done
# The container's MTU is larger than the tunnel's: the host tells, or cuts before it wraps.
run cA 'ping -c 1 -M do -s 1422 -W 0.5 10.3.2.2'
run cA 'ping -c 1 -M do -s 1423 -W 0.5 10.3.2.2; ip route get 10.3.2.2'
run cA 'ping -c 1 -M do -s 1423 -W 0.5 10.3.2.2; ip route flush cache'
run cA 'ping -c 1 -M dont -s 1472 -W 0.5 10.3.2.2'
run cA 'ping -c 1 -M dont -s 3000 -W 0.5 10.3.2.2'
# The tunnel has more than the card can carry: outer fragments, inner whole.
for h in hA hB; do on $h ip link set vx0 mtu 1500; done
run cA 'ping -c 1 -M do -s 1472 -W 0.5 10.3.2.2'
run cA 'ping -c 1 -M dont -s 1473 -W 0.5 10.3.2.2'
# A link on the way is narrower: the router cuts the outer packet, or with outer DF tells the host, which tells the container.
for n in r:eth1 hB:eth0; do on ${n%:*} ip link set ${n#*:} mtu 1400; done
run cA 'ping -c 1 -M do -s 1350 -W 0.5 10.3.2.2'
run cA 'ping -c 1 -M do -s 1472 -W 0.5 10.3.2.2'
run hA 'ip link set vx0 type vxlan df set; ip -d link show vx0 | grep -o "df set"'
run cA 'ping -c 1 -M do -s 1322 -W 0.5 10.3.2.2'
run cA 'ping -c 1 -M do -s 1323 -W 0.5 10.3.2.2'
run hA 'ip route get 172.10.1.17; ip route show cache'
run cA 'ping -c 1 -M do -s 1323 -W 0.5 10.3.2.2; ip route get 10.3.2.2'
run hA 'ip route show cache; ip route get 10.3.2.2'
run cA 'ping -c 1 -M do -s 1323 -W 0.5 10.3.2.2; ping -c 1 -M do -s 1322 -W 0.5 10.3.2.2'
run cA 'ping -c 1 -M want -s 1400 -W 0.5 10.3.2.2; ip route flush cache; ping -c 1 -M dont -s 1400 -W 0.5 10.3.2.2'
run hA 'ip route flush cache; ip route show cache'
# The inner header decides over the outer one.
run hA 'ip link set vx0 type vxlan df inherit; ip -d link show vx0 | grep -o "df inherit"'
run cA 'ping -c 1 -M dont -s 1400 -W 0.5 10.3.2.2'
run cA 'ping -c 1 -M do -s 1400 -W 0.5 10.3.2.2'
run cA 'ping -c 1 -M do -s 1400 -W 0.5 10.3.2.2; ip route get 10.3.2.2; ip route flush cache'
run hA 'ip route get 172.10.1.17; ip link set eth0 mtu 1350; ip route get 172.10.1.17'
run cA 'ping -c 1 -M do -s 1290 -W 0.5 10.3.2.2; ip route get 10.3.2.2; ip route flush cache'
run cA 'ping -c 1 -M dont -s 1290 -W 0.5 10.3.2.2'
run hA 'ip link set vx0 type vxlan df unset; ip route flush cache; ip link set eth0 mtu 1500'
# A datagram and a connection.
run cA 'head -c 2000 /dev/zero | tr "\0" x >/dev/udp/10.3.2.2/9'
run cB 'ip link set eth0 mtu 1200'
run cA 'ping -c 1 -M dont -s 1300 -W 0.5 10.3.2.2'
# Times to live end behind the tunnel as elsewhere, and the outer packet has its own.
run cA 'ping -c 1 -t 1 -W 0.5 10.3.2.2; ping -c 1 -t 2 -W 0.5 10.3.2.2; ping -c 1 -t 3 -W 0.5 10.3.2.2'
run cA 'traceroute -n -N 1 -q 1 -w 1 10.3.2.2'
run hA 'ip link set vx0 type vxlan ttl 1'
run cA 'ping -c 1 -W 0.5 10.3.2.2'
run hA 'ip link set vx0 type vxlan ttl inherit'
run cA 'ping -c 1 -t 2 -W 0.5 10.3.2.2; ping -c 1 -t 3 -W 0.5 10.3.2.2; ping -c 1 -t 9 -W 0.5 10.3.2.2'
