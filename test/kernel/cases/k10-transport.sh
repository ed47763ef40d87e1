# Transport: closed ports, a full HTTP exchange, larger answers, rules that refuse and drop.
# What the recording asked of socat, bash and nc do here.
ns c1 c2
link c1 eth0 02:42:ac:11:00:02 c2 eth0 02:42:ac:11:00:03
on c1 ip addr add 172.17.0.2/16 dev eth0
on c2 ip addr add 172.17.0.3/16 dev eth0
for n in c1 c2; do on $n sysctl -qw net.ipv4.tcp_timestamps=0; done
# The fifth SYN would come in the very moment in which curl has waited long enough.
on c1 sysctl -qw net.ipv4.tcp_syn_linear_timeouts=2
calm c1 c2
sleep 0.2
cap c1:eth0
# UDP to a closed port: the next use of the socket tells.
run c1 'exec 3>/dev/udp/172.17.0.3/9999; echo hello >&3; sleep 0.2; echo hello 2>&1 >&3 | grep -o "Connection refused"'
# TCP to a closed port.
run c1 'timeout 3 busybox wget -O - http://172.17.0.3:81/ 2>&1; curl -sS -m 2 http://172.17.0.3:81/ 2>&1 | sed "s/after [0-9]* ms/after N ms/"; nc -w 2 172.17.0.3 81 2>&1; echo status $?'
# An HTTP exchange, without timestamps and with them.
mkdir -p /run/w
echo "I'm 2f1e7d0b9c4a" >/run/w/index.html
serve c2 busybox httpd -f -p 8000 -h /run/w
run c1 'busybox wget -q -O - http://172.17.0.3:8000/'
run c1 'curl -s http://172.17.0.3:8000/'
for n in c1 c2; do on $n sysctl -qw net.ipv4.tcp_timestamps=1; done
run c1 'busybox wget -q -O - http://172.17.0.3:8000/'
# UDP there and back.
echo hello >/run/hello
serve c2 "nc -u -l 5000 </run/hello"
run c1 'echo hello | nc -u -w 1 172.17.0.3 5000'
# A larger answer, in segments of 1448 bytes.
head -c 5000 /dev/zero | tr '\0' x >/run/w/big
run c1 'busybox wget -q -O - http://172.17.0.3:8000/big | wc -c'
# Refused and dropped by rules.
run c2 'iptables -A INPUT -p tcp --dport 8000 -j REJECT'
run c1 'curl -sS -m 2 http://172.17.0.3:8000/ 2>&1 | sed "s/after [0-9]* ms/after N ms/"'
run c2 'iptables -F; iptables -A INPUT -p tcp --dport 8000 -j REJECT --reject-with tcp-reset'
run c1 'curl -sS -m 2 http://172.17.0.3:8000/ 2>&1 | sed "s/after [0-9]* ms/after N ms/"'
run c2 'iptables -F; iptables -A INPUT -p tcp --dport 8000 -j DROP'
run c1 'curl -sS -m 4 http://172.17.0.3:8000/ 2>&1 | sed -E "s/after [0-9]+ m/after N m/"'
