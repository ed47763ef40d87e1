# macvlan: modes bridge, private, vepa and passthru; the lower device does not see its children, and they not it.
ns h o c1 c2 c3
link h eth0 52:54:00:0a:00:0f o eth0 52:54:00:0a:00:11
on h ip addr add 10.0.0.1/24 dev eth0
on o ip addr add 10.0.0.9/24 dev eth0
# child NS LAST-BYTE MODE
child() {
  on h ip link add mv$2 link eth0 address 02:42:0a:00:00:0$2 type macvlan mode $3
  on h ip link set mv$2 netns $1
  wire $1 mv$2
  on $1 ip link set mv$2 name eth0
  on $1 ip addr add 10.0.0.$2/24 dev eth0
  on $1 ip link set eth0 up
}
child c1 2 bridge
child c2 3 bridge
child c3 4 private
sleep 0.1
run c1 'ip -d link show eth0 | sed -n "2,3p" | sed "s/ link-netnsid.*//"'
calm h o c1 c2 c3
cap h:eth0 o:eth0 c1:eth0 c2:eth0 c3:eth0
# To each other within the bridge mode; nothing leaves the host but broadcasts.
run c1 'ping -c 1 -W 0.3 10.0.0.3; ip neigh | sort'
run c2 'ip neigh | sort'
# A private one talks to the outside only.
run c1 'ping -c 1 -W 0.3 10.0.0.4; ip neigh flush all'
run c3 'ping -c 1 -W 0.3 10.0.0.9; ip neigh | sort'
# To the outside and from there.
run c1 'ping -c 1 -W 0.3 10.0.0.9; ip neigh | sort'
run o 'ping -c 1 -W 0.3 10.0.0.3; ip neigh | sort'
# Not to the lower device itself, nor back.
run c1 'ping -c 1 -W 0.3 10.0.0.1; ip neigh flush all'
run h 'ping -c 1 -W 0.3 10.0.0.2; ip neigh | sort; ip neigh flush all'
# Broadcasts and groups.
run c1 'ping -b -c 1 -W 0.3 10.0.0.255'
run o 'ping -b -c 1 -W 0.3 10.0.0.255'
run c2 'ip maddr show dev eth0'
run h 'ip maddr show dev eth0; ip -j maddr show dev eth0'
run o 'ip route add 224.0.0.0/4 dev eth0; ping -c 1 -W 0.3 224.0.0.1'
# VEPA: even what is for a sibling goes out; who is outside would have to send it back.
run c2 'ip link set eth0 type macvlan mode vepa; ip -d link show eth0 | grep -o "mode [a-z]*"'
run c2 'ip neigh flush all; ping -c 1 -W 0.3 10.0.0.2; ip neigh | sort; ip neigh flush all'
run c1 'ip neigh flush all; ping -c 1 -W 0.3 10.0.0.3; ip neigh | sort; ip neigh flush all'
run c2 'ping -c 1 -W 0.3 10.0.0.9; ip neigh | sort'
run c2 'ip link set eth0 type macvlan mode bridge; ip neigh flush all; ping -c 1 -W 0.3 10.0.0.2'
# The lower device: its MTU, and down.
run h 'ip link set eth0 mtu 1400'
run c1 'ip link show eth0 | head -1 | sed "s/@if[0-9]*//"; ip link set eth0 mtu 1450'
run h 'ip link set eth0 down'
# The kernel tells of a carrier's loss and return at most once a second.
sleep 1.1
run c1 'ip link show eth0 | head -1 | sed "s/@if[0-9]*//"; ping -c 1 -W 0.3 10.0.0.3'
run h 'ip link set eth0 up'
sleep 1.1
run c1 'ip link show eth0 | head -1 | sed "s/@if[0-9]*//"; ip neigh flush all; ping -c 1 -W 0.3 10.0.0.3'
# A second one in passthru is refused while others are there.
run h 'ip link add mv9 link eth0 type macvlan mode passthru'
run c2 'ip link set eth0 type macvlan mode passthru'
run c2 'ip link set eth0 type macvlan bcqueuelen 2000; ip -d link show eth0 | grep -o "mode.*usedbcqueuelen [0-9]*"'
run c1 'ip -d link show eth0 | grep -o "mode.*usedbcqueuelen [0-9]*"'
run h 'ip link add mv9 link eth0 address 02:42:0a:00:00:02 type macvlan mode bridge; ip link set mv9 up'
# Who holds a child's address outside.
run c1 'ip link set eth0 address 02:42:0a:00:00:22; ip neigh flush all; ping -c 1 -W 0.3 10.0.0.9'
run o 'ip neigh | sort'
