/** An IPv4 header with nothing unusual, to be given protocol, addresses and length. */
export const PLAIN_IPV4 = {
  tos: 0,
  id: 1,
  dontFragment: false,
  moreFragments: false,
  fragmentOffset: 0,
  ttl: 64,
  options: [],
};
