# NAT with the rules that Docker programs: a published port, hairpin, masquerading, ICMP errors.
# What the recording asked of wget curl does here, with wget's headers; what it asked of socat bash does.
# ports: 80 8080 3000 4321
WGET="curl -s -m 3 -A Wget/1.21.3 -H 'Accept-Encoding: identity' -H 'Connection: Keep-Alive'"
ns client host c1 c2 c3
link client eth0 52:54:00:0a:00:64 host eth0 52:54:00:0a:00:0f
on client ip addr add 172.10.0.100/24 dev eth0
on host ip addr add 172.10.0.15/24 dev eth0
on client ip route add default via 172.10.0.15
bridge_ host docker0 02:42:00:00:00:01
on host ip addr add 172.17.0.1/16 dev docker0
for i in 1 2 3; do
  link c$i eth0 02:42:ac:11:00:0$((i + 1)) host veth$i 02:00:00:00:02:0$i
  port host docker0 veth$i
  on c$i ip addr add 172.17.0.$((i + 1))/16 dev eth0
  on c$i ip route add default via 172.17.0.1
done
on host sysctl -qw net.ipv4.ip_forward=1
on host sysctl -qw net.bridge.bridge-nf-call-iptables=1
cat >/run/rules <<'R'
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p udp -m udp --dport 4321 -j MASQUERADE
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
-A DOCKER ! -i docker0 -p udp -m udp --dport 3000 -j DNAT --to-destination 172.17.0.2:4321
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p udp -m udp --dport 4321 -j ACCEPT
COMMIT
R
on host iptables-restore </run/rules
mkdir -p /run/w
echo vm >/run/w/hostname
calm client host c1 c2 c3
serve c1 busybox httpd -f -p 80 -h /run/w
sleep 0.3
cap client:eth0 c1:eth0 c2:eth0
CT="conntrack -L 2>/dev/null | sed -E 's/ (use|mark)=[0-9]+//g; s/^(tcp|udp|icmp) +([0-9]+) [0-9]+/\1 \2 TIMEOUT/; s/port=(3[2-9]|[456])[0-9]{3}/port=EPH/g; s/ id=[0-9]+/ id=N/g' | sort"
# A client to the published port.
run client "$WGET http://172.10.0.15:8080/hostname | wc -c"
run host "$CT"
# A container to the outside: masquerading keeps a port that is free, and the identifier of an echo.
run c2 'busybox ping -c 1 172.10.0.100'
serve client busybox httpd -f -p 80 -h /run/w
run c2 'curl -s -m 3 --local-port 41000 http://172.10.0.100/hostname | wc -c'
run c3 'curl -s -m 3 --local-port 41000 http://172.10.0.100/hostname | wc -c'
run host "conntrack -L -p tcp 2>/dev/null | grep 'sport=41000' | sed -E 's/ (use|mark)=[0-9]+//g; s/^(tcp) +([0-9]+) [0-9]+/\1 \2 TIMEOUT/' | sort"
# The host to its own published port.
run host "$WGET http://172.10.0.15:8080/hostname | wc -c"
# A container to the published port of another: the rule leaves it out, and nobody listens on the host.
run c2 'timeout 3 busybox wget -O - http://172.10.0.15:8080/hostname 2>&1; echo status $?'
# The same without that exception: hairpin through the bridge.
run host 'iptables -t nat -R DOCKER 1 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80'
run c2 "$WGET http://172.10.0.15:8080/hostname | wc -c"
run c1 "${WGET/-m 3/-m 0.9} http://172.10.0.15:8080/hostname; echo status \$?"
run host 'bridge link set dev veth1 hairpin on'
run c1 "$WGET http://172.10.0.15:8080/hostname | wc -c"
# What is not published.
run client 'curl -sS -m 0.9 http://172.17.0.2:80/hostname 2>&1; curl -sS -m 0.9 http://172.17.0.3:80/ 2>&1 | sed "s/after [0-9]* m/after N m/"'
# An ICMP error on its way back through a translation.
run client 'exec 3>/dev/udp/172.10.0.15/3000; echo hello >&3; sleep 0.2; echo hello 2>/dev/null >&3; echo status $?'
run host "$CT"
run host "iptables-save -t nat -c | grep -E 'DNAT|MASQ'"
