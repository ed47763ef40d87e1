import type { NetworkNamespace } from "../network-namespace.ts";
import type { SysctlDefinition } from "../sysctl-definitions.ts";
import { INT_MAX, number, parseInteger, stored } from "../sysctl-value.ts";
import type { TcpSettings } from "./settings.ts";

type NumberKey = {
  [K in keyof TcpSettings]: TcpSettings[K] extends number ? K : never;
}[keyof TcpSettings];

/** [name below net/ipv4, least, greatest value]; the setting has the same name. */
const numbers: readonly (readonly [NumberKey, number, number])[] = [
  ["tcp_abort_on_overflow", 0, 1],
  ["tcp_app_win", 0, 31],
  ["tcp_base_mss", 0, INT_MAX],
  ["tcp_challenge_ack_limit", 0, INT_MAX],
  ["tcp_comp_sack_delay_ns", 0, Number.MAX_SAFE_INTEGER],
  ["tcp_comp_sack_nr", 0, 255],
  ["tcp_dsack", 0, 1],
  ["tcp_early_retrans", 0, 4],
  ["tcp_fin_timeout", 0, INT_MAX],
  ["tcp_invalid_ratelimit", 0, INT_MAX],
  ["tcp_keepalive_intvl", 0, INT_MAX],
  ["tcp_keepalive_probes", 0, 255],
  ["tcp_keepalive_time", 0, INT_MAX],
  ["tcp_max_reordering", -INT_MAX - 1, INT_MAX],
  ["tcp_max_syn_backlog", -INT_MAX - 1, INT_MAX],
  ["tcp_max_tw_buckets", -INT_MAX - 1, INT_MAX],
  ["tcp_min_snd_mss", 48, 65535],
  ["tcp_moderate_rcvbuf", 0, 1],
  ["tcp_mtu_probe_floor", 48, 65535],
  ["tcp_mtu_probing", 0, 255],
  ["tcp_orphan_retries", 0, 255],
  ["tcp_pingpong_thresh", 1, 255],
  ["tcp_recovery", 0, 255],
  ["tcp_reordering", -INT_MAX - 1, INT_MAX],
  ["tcp_retrans_collapse", 0, 255],
  ["tcp_retries1", 0, 255],
  ["tcp_retries2", 0, 255],
  ["tcp_rfc1337", 0, 255],
  ["tcp_rto_max_ms", 1000, 120_000],
  ["tcp_rto_min_us", 1, INT_MAX],
  ["tcp_sack", 0, 1],
  ["tcp_slow_start_after_idle", 0, 255],
  ["tcp_syn_linear_timeouts", 0, 127],
  ["tcp_syn_retries", 1, 127],
  ["tcp_synack_retries", 0, 255],
  ["tcp_syncookies", 0, 2],
  ["tcp_timestamps", 0, 2],
  ["tcp_tw_reuse", 0, 2],
  ["tcp_tw_reuse_delay", 1, 60_000],
  ["tcp_window_scaling", 0, 1],
];

/** [name, value at first]: nothing here depends on them. */
const others: readonly (readonly [string, string])[] = [
  ["tcp_adv_win_scale", "1"],
  ["tcp_allowed_congestion_control", "reno cubic"],
  ["tcp_autocorking", "1"],
  ["tcp_available_congestion_control", "reno cubic"],
  ["tcp_backlog_ack_defer", "1"],
  ["tcp_early_demux", "1"],
  ["tcp_ecn", "2"],
  ["tcp_comp_sack_slack_ns", "100000"],
  ["tcp_ecn_fallback", "1"],
  ["tcp_fack", "0"],
  ["tcp_fastopen", "1"],
  ["tcp_frto", "2"],
  ["tcp_fwmark_accept", "0"],
  ["tcp_l3mdev_accept", "0"],
  ["tcp_limit_output_bytes", "4194304"],
  ["tcp_max_orphans", "65536"],
  ["tcp_mem", "188319\t251094\t376638"],
  ["tcp_migrate_req", "0"],
  ["tcp_min_rtt_wlen", "300"],
  ["tcp_min_tso_segs", "2"],
  ["tcp_no_metrics_save", "0"],
  ["tcp_no_ssthresh_metrics_save", "1"],
  ["tcp_notsent_lowat", "4294967295"],
  ["tcp_pacing_ca_ratio", "120"],
  ["tcp_probe_interval", "600"],
  ["tcp_probe_threshold", "8"],
  ["tcp_pacing_ss_ratio", "200"],
  ["tcp_reflect_tos", "0"],
  ["tcp_shrink_window", "0"],
  ["tcp_stdurg", "0"],
  ["tcp_thin_linear_timeouts", "0"],
  ["tcp_tso_rtt_log", "9"],
  ["tcp_tso_win_divisor", "3"],
  ["tcp_workaround_signed_windows", "0"],
];

function setting(path: string, key: NumberKey, min: number, max: number): SysctlDefinition {
  return number(
    path,
    min,
    max,
    (ns) => ns.tcp.settings[key],
    (ns, value) => {
      ns.tcp.settings[key] = value;
    },
  );
}

/** Three sizes: the least, the first, the greatest. */
function sizes(name: "tcp_rmem" | "tcp_wmem"): SysctlDefinition {
  return {
    path: `net/ipv4/${name}`,
    get: (ns) => ns.tcp.settings[name].join("\t"),
    set: (ns, text) => {
      const words = text.trim().split(/\s+/);
      const next = [...ns.tcp.settings[name]] as [number, number, number];
      for (let i = 0; i < Math.min(3, words.length); i++) {
        const value = parseInteger(words[i]!, 1, INT_MAX);
        if (value === null) return false;
        next[i] = value;
      }
      ns.tcp.settings[name] = next;
      return true;
    },
  };
}

const congestionControl: SysctlDefinition = {
  path: "net/ipv4/tcp_congestion_control",
  get: (ns: NetworkNamespace) => ns.tcp.settings.tcp_congestion_control,
  set: (ns, text) => {
    const name = text.trim();
    if (name !== "cubic" && name !== "reno") return false;
    ns.tcp.settings.tcp_congestion_control = name;
    return true;
  },
};

export function tcpSysctls(): readonly SysctlDefinition[] {
  return [
    ...numbers.map(([key, min, max]) => setting(`net/ipv4/${key}`, key, min, max)),
    sizes("tcp_rmem"),
    sizes("tcp_wmem"),
    congestionControl,
    setting("net/core/somaxconn", "somaxconn", 0, INT_MAX),
    setting("net/core/rmem_max", "rmem_max", 2304, INT_MAX),
    ...others.map(([name, initial]) => stored(`net/ipv4/${name}`, initial)),
  ];
}
