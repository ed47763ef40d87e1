/** What a device has counted, as `ip -s link` shows it. */
export class DeviceCounters {
  rxPackets = 0;
  rxBytes = 0;
  txPackets = 0;
  txBytes = 0;
  rxDropped = 0;
  txDropped = 0;
  rxErrors = 0;
  txErrors = 0;
  multicast = 0;
  carrierErrors = 0;
}
