# VXLAN with a static default destination: headers, learning on and off, another network, no tunnel at all.
ns hA hB cA cB
link hA eth0 52:54:00:0a:00:0f hB eth0 52:54:00:0a:00:11
on hA ip addr add 172.10.0.15/24 dev eth0
on hB ip addr add 172.10.0.17/24 dev eth0
# tunnel HOST CONTAINER LAST-BYTE-HERE LAST-BYTE-THERE ADDRESS MAC
tunnel() {
  bridge_ $1 br0 02:00:00:00:01:fe
  link $2 eth0 $6 $1 v0 02:00:00:00:02:$3 1450
  port $1 br0 v0
  on $2 ip addr add $5/24 dev eth0
  on $1 ip link add vx100 address 02:00:00:00:03:$3 type vxlan id 100 dstport 4789 local 172.10.0.$3 dev eth0
  wire $1 vx100
  port $1 br0 vx100
  on $1 ip link set vx100 up
  on $1 bridge fdb append 00:00:00:00:00:00 dev vx100 dst 172.10.0.$4
}
tunnel hA cA 15 17 10.3.0.2 02:42:0a:03:00:02
tunnel hB cB 17 15 10.3.0.5 02:42:0a:03:00:05
sleep 0.3
run hA 'ip -d link show vx100 | sed "s/ *link-netnsid.*//"'
run hA 'bridge fdb show dev vx100'
cap cA:eth0 cB:eth0 hA:eth0 hB:eth0
# First contact.
run cA 'busybox ping -c 2 10.3.0.5'
run hA 'bridge fdb show dev vx100 | sort'
run hB 'bridge fdb show dev vx100 | sort'
# A full inner packet of 1450 bytes, types of service, a small TTL.
run cA 'ping -c 1 -M do -s 1422 10.3.0.5'
run cA 'ping -c 1 -Q 0x10 10.3.0.5'
run cA 'ping -c 1 -Q 0x02 10.3.0.5'
run cA 'ping -c 1 -t 7 10.3.0.5'
# A connection; what the recording asked of wget curl does here, with wget's headers.
mkdir -p /run/w
echo vm >/run/w/hostname
serve cB busybox httpd -f -p 80 -h /run/w
run cA "curl -s -m 3 -A Wget/1.21.3 -H 'Accept-Encoding: identity' -H 'Connection: Keep-Alive' -o /dev/null http://10.3.0.5/hostname; echo \$?"
# The outer source port: one for each inner flow.
run cA 'for p in $(seq 20001 20040); do echo x > /dev/udp/10.3.0.5/$p; done; echo 40 datagrams, each from its own port'
capstop
# Learning off.
run hA 'ip link set vx100 type vxlan nolearning; bridge fdb del 02:42:0a:03:00:05 dev vx100 dst 172.10.0.17 self; bridge fdb show dev vx100 | sort'
run cA 'busybox ping -c 1 -W 1 10.3.0.5'
run hA 'bridge fdb show dev vx100 | sort'
# Another network: dropped on receipt, in silence.
run hB 'ip link del vx100; ip link add vx100 type vxlan id 101 dstport 4789 local 172.10.0.17 dev eth0; ip link set vx100 master br0 up; bridge fdb append 00:00:00:00:00:00 dev vx100 dst 172.10.0.15'
cap hB:br0
run cA 'ip neigh flush all; busybox ping -c 1 -W 1 10.3.0.5'
capstop
# No tunnel at all: port unreachable.
run hB 'ip link del vx100'
cap hA:eth0:eth0-novxlan
run cA 'ip neigh flush all; busybox ping -c 1 -W 1 10.3.0.5'
