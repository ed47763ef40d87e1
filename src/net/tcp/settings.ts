/**
 * net.ipv4.tcp_* of a namespace, with Linux's defaults (Documentation/networking/ip-sysctl.rst). The buffers are those
 * of a machine with a few GiB of memory: `tcp_rmem` decides the window scale that a SYN offers.
 */
export class TcpSettings {
  tcp_abort_on_overflow = 0;
  tcp_base_mss = 1024;
  tcp_challenge_ack_limit = 0x7fffffff;
  tcp_comp_sack_delay_ns = 1_000_000;
  tcp_comp_sack_nr = 44;
  tcp_congestion_control: "cubic" | "reno" = "cubic";
  tcp_dsack = 1;
  tcp_early_retrans = 3;
  tcp_fin_timeout = 60;
  tcp_invalid_ratelimit = 500;
  tcp_keepalive_intvl = 75;
  tcp_keepalive_probes = 9;
  tcp_keepalive_time = 7200;
  tcp_max_reordering = 300;
  tcp_max_syn_backlog = 1024;
  tcp_max_tw_buckets = 65536;
  tcp_min_snd_mss = 48;
  tcp_mtu_probe_floor = 48;
  tcp_mtu_probing = 0;
  tcp_orphan_retries = 0;
  tcp_pingpong_thresh = 1;
  tcp_recovery = 1;
  tcp_reordering = 3;
  tcp_retrans_collapse = 1;
  tcp_retries1 = 3;
  tcp_retries2 = 15;
  tcp_rfc1337 = 0;
  tcp_rto_max_ms = 120_000;
  tcp_rto_min_us = 200_000;
  tcp_sack = 1;
  tcp_slow_start_after_idle = 1;
  tcp_syn_linear_timeouts = 4;
  tcp_syn_retries = 6;
  tcp_synack_retries = 5;
  tcp_syncookies = 1;
  tcp_timestamps = 1;
  tcp_tw_reuse = 2;
  tcp_tw_reuse_delay = 1000;
  tcp_window_scaling = 1;
  tcp_moderate_rcvbuf = 1;
  tcp_app_win = 31;
  /** Least, first and greatest size of a buffer. */
  tcp_rmem: readonly [number, number, number] = [4096, 131072, 6291456];
  tcp_wmem: readonly [number, number, number] = [4096, 16384, 4194304];
  /** net.core.somaxconn, rmem_max */
  somaxconn = 4096;
  rmem_max = 4194304;
}
