import type { NetworkNamespace } from "../network-namespace.ts";

/** The columns of `TcpExt:` in Linux 6.18's order; those of which nothing is counted here are always 0. */
const EXTENDED: readonly string[] = [
  "SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled RcvPruned OfoPruned",
  "OutOfWindowIcmps LockDroppedIcmps ArpFilter TW TWRecycled TWKilled PAWSActive PAWSEstab BeyondWindow",
  "TSEcrRejected PAWSOldAck PAWSTimewait DelayedACKs DelayedACKLocked DelayedACKLost ListenOverflows",
  "ListenDrops TCPHPHits TCPPureAcks TCPHPAcks TCPRenoRecovery TCPSackRecovery TCPSACKReneging",
  "TCPSACKReorder TCPRenoReorder TCPTSReorder TCPFullUndo TCPPartialUndo TCPDSACKUndo TCPLossUndo",
  "TCPLostRetransmit TCPRenoFailures TCPSackFailures TCPLossFailures TCPFastRetrans TCPSlowStartRetrans",
  "TCPTimeouts TCPLossProbes TCPLossProbeRecovery TCPRenoRecoveryFail TCPSackRecoveryFail",
  "TCPRcvCollapsed TCPBacklogCoalesce TCPDSACKOldSent TCPDSACKOfoSent TCPDSACKRecv TCPDSACKOfoRecv",
  "TCPAbortOnData TCPAbortOnClose TCPAbortOnMemory TCPAbortOnTimeout TCPAbortOnLinger TCPAbortFailed",
  "TCPMemoryPressures TCPMemoryPressuresChrono TCPSACKDiscard TCPDSACKIgnoredOld TCPDSACKIgnoredNoUndo",
  "TCPSpuriousRTOs TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure TCPSackShifted TCPSackMerged",
  "TCPSackShiftFallback TCPBacklogDrop PFMemallocDrop TCPMinTTLDrop TCPDeferAcceptDrop",
  "IPReversePathFilter TCPTimeWaitOverflow TCPReqQFullDoCookies TCPReqQFullDrop TCPRetransFail",
  "TCPRcvCoalesce TCPOFOQueue TCPOFODrop TCPOFOMerge TCPChallengeACK TCPSYNChallenge TCPFastOpenActive",
  "TCPFastOpenActiveFail TCPFastOpenPassive TCPFastOpenPassiveFail TCPFastOpenListenOverflow",
  "TCPFastOpenCookieReqd TCPFastOpenBlackhole TCPSpuriousRtxHostQueues BusyPollRxPackets TCPAutoCorking",
  "TCPFromZeroWindowAdv TCPToZeroWindowAdv TCPWantZeroWindowAdv TCPSynRetrans TCPOrigDataSent",
  "TCPHystartTrainDetect TCPHystartTrainCwnd TCPHystartDelayDetect TCPHystartDelayCwnd",
  "TCPACKSkippedSynRecv TCPACKSkippedPAWS TCPACKSkippedSeq TCPACKSkippedFinWait2 TCPACKSkippedTimeWait",
  "TCPACKSkippedChallenge TCPWinProbe TCPKeepAlive TCPMTUPFail TCPMTUPSuccess TCPDelivered",
  "TCPDeliveredCE TCPAckCompressed TCPZeroWindowDrop TCPRcvQDrop TCPWqueueTooBig",
  "TCPFastOpenPassiveAltKey TcpTimeoutRehash TcpDuplicateDataRehash TCPDSACKRecvSegs",
  "TCPDSACKIgnoredDubious TCPMigrateReqSuccess TCPMigrateReqFailure TCPPLBRehash TCPAORequired TCPAOBad",
  "TCPAOKeyNotFound TCPAOGood TCPAODroppedIcmps",
].flatMap((line) => line.split(" "));

/** The columns of `IpExt:`; those of which nothing is counted here are always 0. */
const IP_EXTENDED =
  "InNoRoutes InTruncatedPkts InMcastPkts OutMcastPkts InBcastPkts OutBcastPkts InOctets OutOctets InMcastOctets " +
  "OutMcastOctets InBcastOctets OutBcastOctets InCsumErrors InNoECTPkts InECT1Pkts InECT0Pkts InCEPkts ReasmOverlaps";

/** `Tcp:` of /proc/net/snmp (RFC 4022). */
export function snmp(ns: NetworkNamespace): string {
  const { counters: c, settings, established } = ns.tcp;
  const values = [
    ...[1, settings.tcp_rto_min_us / 1000, settings.tcp_rto_max_ms, -1, c.ActiveOpens, c.PassiveOpens],
    ...[c.AttemptFails, c.EstabResets, established, c.InSegs, c.OutSegs, c.RetransSegs, c.InErrs, c.OutRsts],
    c.InCsumErrors,
  ];
  return (
    "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors\n" +
    `Tcp: ${values.join(" ")}\n`
  );
}

/** /proc/net/netstat. */
export function netstat(ns: NetworkNamespace): string {
  const counters = { ...ns.tcp.counters, IPReversePathFilter: ns.snmp.reversePathFiltered };
  const value = (name: string): number => (name in counters ? counters[name as keyof typeof counters] : 0);
  const { inNoRoutes, inTruncatedPkts, inCsumErrors } = ns.snmp;
  const counted: Readonly<Record<string, number>> = {
    InNoRoutes: inNoRoutes,
    InTruncatedPkts: inTruncatedPkts,
    InCsumErrors: inCsumErrors,
  };
  const ip = IP_EXTENDED.split(" ").map((name) => counted[name] ?? 0);
  return (
    `TcpExt: ${EXTENDED.join(" ")}\nTcpExt: ${EXTENDED.map(value).join(" ")}\n` +
    `IpExt: ${IP_EXTENDED}\nIpExt: ${ip.join(" ")}\n`
  );
}
