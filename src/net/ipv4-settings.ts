import { defaultInetConf, type InetConf } from "./inet-device.ts";

/** net.ipv4.* of a namespace that is not per device (Documentation/networking/ip-sysctl.rst), with Linux's defaults. */
export class Ipv4Settings {
  /** net.ipv4.conf.all and .default. */
  readonly allConf: InetConf = { ...defaultInetConf };
  readonly defaultConf: InetConf = { ...defaultInetConf };
  ip_default_ttl = 64;
  ip_no_pmtu_disc = 0;
  ip_forward_use_pmtu = 0;
  ip_nonlocal_bind = 0;
  ip_local_port_first = 32768;
  ip_local_port_last = 60999;
  ip_unprivileged_port_start = 1024;
  icmp_echo_ignore_all = 0;
  icmp_echo_ignore_broadcasts = 1;
  icmp_ratelimit = 1000;
  icmp_ratemask = 6168;
  icmp_errors_use_inbound_ifaddr = 0;
  icmp_ignore_bogus_error_responses = 1;
  ipfrag_time = 30;
  ipfrag_high_thresh = 4194304;
  ipfrag_low_thresh = 3145728;
  ipfrag_max_dist = 64;
  igmp_max_memberships = 20;
  /** The identification field of the next packet that needs one. */
  identification: number;

  constructor(identification: number) {
    this.identification = identification;
  }

  nextIdentification(): number {
    this.identification = (this.identification + 1) & 0xffff;
    return this.identification;
  }
}
