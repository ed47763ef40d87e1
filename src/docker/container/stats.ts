import type { NetworkNamespace } from "../../net/network-namespace.ts";
import type { Nanos } from "../../sim/time.ts";
import { rfc3339 } from "../timestamps.ts";
import type { Container } from "./container.ts";

/** GET /containers/ID/stats: what the network did is counted; processors and memory are not simulated and read zero. */
export function statsOf(
  container: Container,
  namespace: NetworkNamespace | null,
  now: Nanos,
  memory: number,
): Record<string, unknown> {
  const networks: Record<string, unknown> = {};
  for (const device of namespace?.devices ?? []) {
    if (device.loopback) continue;
    const { rxBytes, rxPackets, rxErrors, rxDropped, txBytes, txPackets, txErrors, txDropped } =
      device.counters;
    networks[device.name] = {
      rx_bytes: rxBytes,
      rx_packets: rxPackets,
      rx_errors: rxErrors,
      rx_dropped: rxDropped,
      tx_bytes: txBytes,
      tx_packets: txPackets,
      tx_errors: txErrors,
      tx_dropped: txDropped,
    };
  }
  const cpu = { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 }, online_cpus: 1 };
  return {
    read: rfc3339(now),
    preread: rfc3339(now),
    pids_stats: { current: container.system?.processes().length ?? 0 },
    blkio_stats: { io_service_bytes_recursive: [] },
    num_procs: 0,
    storage_stats: {},
    cpu_stats: { ...cpu, system_cpu_usage: now },
    precpu_stats: { ...cpu, system_cpu_usage: 0 },
    // Of one that does not run there is nothing to tell.
    memory_stats: container.running
      ? { usage: 0, stats: {}, limit: Number(container.hostConfig.Memory) || memory }
      : {},
    name: `/${container.name}`,
    id: container.id,
    networks,
  };
}
