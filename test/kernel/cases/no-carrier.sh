# A device without a carrier: what it would send ends before a capture can see it, and is counted as dropped.
ns h c
link h eth0 02:00:00:00:00:0a c eth0 02:00:00:00:00:0b
on h ip addr add 10.0.0.1/24 dev eth0
on c ip link set eth0 down
# The kernel tells of a carrier's loss at most once a second.
sleep 1.2
cap h:eth0
run h 'ping -c 1 -W 0.3 10.0.0.2; ip neigh | sort'
run h 'ip neigh replace 10.0.0.3 lladdr 02:00:00:00:00:01 dev eth0 nud permanent; ip neigh | sort; ping -c 1 -W 0.3 10.0.0.3; ip -s link show eth0 | sed 1d'
run h 'grep ^Ip: /proc/net/snmp | cut -d" " -f 2-14'
run h 'ip link add br0 address 02:00:00:00:00:0c type bridge mcast_snooping 0; ip link set br0 up; ip addr add 10.3.0.1/24 dev br0; ip link set eth0 master br0; ip link show br0 | head -1'
sleep 1.1
run h 'ip neigh replace 10.3.0.3 lladdr 02:00:00:00:00:01 dev br0 nud permanent; ping -c 1 -W 0.3 10.3.0.3; ip -s link show br0 | sed 1d'
