# What all cases share. A case is a bash script that runs as it stands on the real kernel (root, inside namespaces of its
# own) and on the simulator; hosts are network namespaces. The text below comes before each of them, `finish` behind.
CAPTURES=()
SERVERS=()

# ns NAME...: network namespaces without IPv6. Bridged frames do not pass netfilter on the way.
ns() {
  local n
  for n; do
    ip netns add "$n"
    ip netns exec "$n" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    # Ports of chance are none of traceroute's.
    ip netns exec "$n" sysctl -qw 'net.ipv4.ip_local_port_range=40000 60999'
    # How much memory a machine has decides the window scale that its TCP offers.
    ip netns exec "$n" sysctl -qw 'net.ipv4.tcp_rmem=4096 131072 33554432'
    ip netns exec "$n" sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null
    ip -n "$n" link set lo up
  done
}

# calm NS...: with the devices that are there now, neighbours are not asked again five seconds after their first use: how
# long a case takes must not show.
calm() {
  local n
  for n; do
    ip netns exec "$n" bash -c 'for f in /proc/sys/net/ipv4/neigh/*/delay_first_probe_time; do echo 60 >$f; done'
  done
}

# on NS COMMAND...: runs it there, unseen.
on() {
  ip netns exec "$@"
}

# wire NS DEVICE: without offloads a capture shows what a wire would carry.
wire() {
  ip netns exec "$1" ethtool -K "$2" tx off tso off gso off gro off >/dev/null 2>&1
}

# link NS1 DEVICE1 MAC1 NS2 DEVICE2 MAC2 [MTU]: a veth pair, up.
link() {
  ip link add l1 mtu "${7:-1500}" netns "$1" type veth peer name l2 mtu "${7:-1500}" netns "$4"
  ip -n "$1" link set l1 name "$2" address "$3"
  ip -n "$4" link set l2 name "$5" address "$6"
  wire "$1" "$2"
  wire "$4" "$5"
  ip -n "$1" link set "$2" up
  ip -n "$4" link set "$5" up
}

# far [MTU]: hA 172.10.0.15 - r - hB 172.10.1.17, hosts with a router between them; so much fits on hB's link.
far() {
  ns hA r hB
  link hA eth0 52:54:00:0a:00:0f r eth0 52:54:00:0a:00:01
  link r eth1 52:54:00:0a:01:01 hB eth0 52:54:00:0a:01:11 "${1:-1500}"
  on r sysctl -qw net.ipv4.ip_forward=1
  on hA ip addr add 172.10.0.15/24 dev eth0
  on r ip addr add 172.10.0.1/24 dev eth0
  on r ip addr add 172.10.1.1/24 dev eth1
  on hB ip addr add 172.10.1.17/24 dev eth0
  on hA ip route add default via 172.10.0.1
  on hB ip route add default via 172.10.1.1
}

# road [MTU]: c1 10.1.0.2 - r1 - r2 - c2 10.3.0.2, the routers joined by 10.2.0.0/24, where so much fits.
road() {
  ns c1 r1 r2 c2
  link c1 eth0 02:42:0a:01:00:02 r1 eth0 02:42:0a:01:00:01
  link r1 eth1 02:42:0a:02:00:01 r2 eth0 02:42:0a:02:00:02 "${1:-1500}"
  link r2 eth1 02:42:0a:03:00:01 c2 eth0 02:42:0a:03:00:02
  on r1 sysctl -qw net.ipv4.ip_forward=1
  on r2 sysctl -qw net.ipv4.ip_forward=1
  on c1 ip addr add 10.1.0.2/24 dev eth0
  on r1 ip addr add 10.1.0.1/24 dev eth0
  on r1 ip addr add 10.2.0.1/24 dev eth1
  on r2 ip addr add 10.2.0.2/24 dev eth0
  on r2 ip addr add 10.3.0.1/24 dev eth1
  on c2 ip addr add 10.3.0.2/24 dev eth0
  on c1 ip route add default via 10.1.0.1
  on r1 ip route add 10.3.0.0/24 via 10.2.0.2
  on r2 ip route add 10.1.0.0/24 via 10.2.0.1
  on c2 ip route add default via 10.3.0.1
}

# bridge_ NS NAME [MAC]: a bridge, up. port NS BRIDGE DEVICE: makes the device its port.
bridge_() {
  ip -n "$1" link add "$2" type bridge forward_delay 0 mcast_snooping 0
  ip -n "$1" link set "$2" address "${3:-02:00:00:00:00:fe}"
  ip -n "$1" link set "$2" up
  wire "$1" "$2"
}
port() {
  ip -n "$1" link set "$3" master "$2"
}

# host NAME LAST-BYTE MAC-BYTE CONTAINER ADDRESS-BYTE: at the switch u0 of `sw`, with a container at its bridge br0.
host() {
  link $1 eth0 52:54:00:0a:00:$3 sw u$1 02:00:00:00:09:$2
  port sw u0 u$1
  on $1 ip addr add 172.10.0.$2/24 dev eth0
  bridge_ $1 br0 02:00:00:00:04:$2
  link $4 eth0 02:42:0a:03:00:0$5 $1 v0 02:00:00:00:02:$2 1450
  port $1 br0 v0
  on $4 ip addr add 10.3.0.$5/24 dev eth0
}

# cap NS:DEVICE...: what passes there is captured from now on; a second capture of a device has a name: NS:DEVICE:NAME.
cap() {
  local each n d name said=()
  for each; do
    IFS=: read -r n d name <<<"$each"
    name=$n.${name:-$d}
    ip netns exec "$n" tcpdump -U --immediate-mode -s 0 -n -i "$d" -w "/run/$name.pcap" >/dev/null 2>"/run/$name.said" </dev/null &
    CAPTURES+=($!)
    said+=("/run/$name.said")
  done
  for each in "${said[@]}"; do
    until grep -q listening "$each" 2>/dev/null; do sleep 0.02; done
  done
}
capstop() {
  local each
  sleep 0.3
  for each in "${CAPTURES[@]}"; do kill -INT "$each"; done
  wait "${CAPTURES[@]}"
  CAPTURES=()
}

# serve NS COMMAND...: a server that runs until the end of the case.
serve() {
  local n=$1
  shift
  ip netns exec "$n" bash -c "exec $*" >/dev/null 2>&1 </dev/null &
  SERVERS+=($!)
  sleep 0.2
}

# run NS 'COMMAND': types it there; what it prints is compared. Errors come after the rest, each behind `2> `.
run() {
  local n=$1 status
  shift
  printf '[%s] $ %s\n' "$n" "$*"
  ip netns exec "$n" timeout 12 bash -c "$*" >/run/out 2>/run/err </dev/null
  status=$?
  cat /run/out
  sed 's/^/2> /' /run/err
  if [ $status -ne 0 ]; then echo "(exit status $status)"; fi
  echo '[end]'
}

# finish: ends the captures and the servers, and prints what was captured.
finish() {
  local file server
  capstop
  for server in "${SERVERS[@]}"; do kill "$server" 2>/dev/null; done
  for file in /run/*.pcap; do
    [ -e "$file" ] || continue
    printf '[capture] %s\n' "$(basename "$file" .pcap)"
    base64 -w0 "$file"
    echo
  done
}
