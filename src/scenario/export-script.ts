import type { HostSpec, Topology } from "../lab/topology.ts";
import type { AppliedCommand } from "../operations/applied-operation.ts";

/**
 * A world as one bash script for a real Linux: each host is a network namespace with a mount namespace of its own, so
 * that it has its own /run/netns and /sys and the commands stay as they were typed; each switch is a bridge. All of it
 * lies inside one further namespace and ends with the script. Wires' delays, rates and processors are not exported.
 */
export function exportScript(title: string, topology: Topology, applied: readonly AppliedCommand[]): string {
  return `#!/usr/bin/env bash
# ${title.replaceAll("\n", " ")}
# Builds this world out of network namespaces, as root on Linux, and takes it away at its end.
#   bash world.sh                        a shell in which \`on HOST COMMAND...\` runs a command on a host
#   bash world.sh HOST 'COMMAND' ...     runs these commands and ends with the status of the first that fails
set -eu
if [ "\${OVERMESH_INSIDE:-}" != 1 ]; then
  export OVERMESH_INSIDE=1
  exec unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private bash "$0" "$@"
fi
mount -t tmpfs none /run
mkdir -p /run/netns /run/holders

# Starts a host: a namespace, and a process that keeps it and its mounts alive.
host() {
  ip netns add "h-$1"
  nsenter --net="/run/netns/h-$1" unshare --mount --uts --propagation private bash -c '
    mount -t sysfs sys /sys; mkdir -p /run/own; mount -t tmpfs none /run/own; mkdir -p /run/own/netns /run/own/lock
    mount --rbind /run/own /run; hostname "$1"; echo ready; exec sleep infinity' host "$1" >"/run/holders/$1.said" &
  echo $! >"/run/holders/$1"
  until grep -q ready "/run/holders/$1.said" 2>/dev/null; do sleep 0.02; done
}
on() {
  local holder
  holder=$(cat "/run/holders/$1")
  shift
  nsenter --target "$holder" --net --mount --uts bash -c "$*"
}
export -f on
# A command that undid what a packet had taught finds nothing to undo here: it is told, and the rest goes on.
configure() { on "$@" || echo "world.sh: on $1: $2: did not apply" >&2; }

# The underlay.
ip netns add switches
${underlay(topology).join("\n")}

# What was configured.
${applied.map(({ host, command }) => `configure ${host} ${quote(command)}`).join("\n")}

if [ $# -eq 0 ]; then exec bash; fi
while [ $# -ge 2 ]; do on "$1" "$2"; shift 2; done
`;
}

/** In single quotes: `on` gives it to a bash. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function underlay(topology: Topology): string[] {
  const lines = topology.switches.flatMap(({ name, mtu }) => [
    `ip -n switches link add ${name} type bridge forward_delay 0 mcast_snooping 0`,
    `ip -n switches link set ${name} mtu ${mtu} up`,
  ]);
  topology.trunks.forEach(({ from, to }, i) => {
    lines.push(`ip -n switches link add t${i}a type veth peer name t${i}b`);
    lines.push(
      `ip -n switches link set t${i}a master ${from} up`,
      `ip -n switches link set t${i}b master ${to} up`,
    );
  });
  let port = 0;
  for (const host of topology.hosts) {
    lines.push(...hostLines(host, () => `p${port++}`));
  }
  return lines;
}

function hostLines(host: HostSpec, nextPort: () => string): string[] {
  const on = `on ${host.name}`;
  const sysctls = ["net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"];
  if (host.router) sysctls.push("net.ipv4.ip_forward=1");
  const lines = [`host ${host.name}`, `${on} sysctl -qw ${sysctls.join(" ")}`, `${on} ip link set lo up`];
  for (const { name, mac, mtu, address, switch: plugged } of host.nics) {
    const port = nextPort();
    lines.push(
      `ip -n switches link add ${port} mtu ${mtu} type veth peer name ${name} mtu ${mtu} address ${mac} netns h-${host.name}`,
      `ip -n switches link set ${port} master ${plugged} up`,
    );
    if (address !== null)
      lines.push(`${on} ip addr add ${address.address}/${address.prefixLength} dev ${name}`);
    lines.push(`${on} ip link set ${name} up`);
  }
  if (host.gateway !== null) lines.push(`${on} ip route add default via ${host.gateway}`);
  return lines;
}
