// The bench's path in ns-3: container - bridge on host A - wire - host B - bridge - container; UDP, one direction.
// ns-3 has no VXLAN: its hosts route between two subnets, so that there is no second header to build and to strip.
// usage: ns3 PAYLOAD      answers each turn with nanoseconds of the processor for a packet
#include "ns3/applications-module.h"
#include "ns3/bridge-module.h"
#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "turns.h"
using namespace ns3;

struct Site {
  Ptr<Node> host, container;
  Ipv4Address address;
};

static Ipv4StaticRoutingHelper routing;

static Site makeSite(InternetStackHelper &stack, const char *network) {
  Site site{CreateObject<Node>(), CreateObject<Node>(), {}};
  NodeContainer both(site.host, site.container);
  stack.Install(both);
  CsmaHelper link;
  link.SetChannelAttribute("DataRate", StringValue("100Gbps"));
  link.SetChannelAttribute("Delay", TimeValue(NanoSeconds(10)));
  NetDeviceContainer ends = link.Install(both);
  NetDeviceContainer devices = BridgeHelper().Install(site.host, NetDeviceContainer(ends.Get(0)));
  devices.Add(ends.Get(1));
  Ipv4InterfaceContainer interfaces = Ipv4AddressHelper(network, "255.255.255.0").Assign(devices);
  site.address = interfaces.GetAddress(1);
  routing.GetStaticRouting(site.container->GetObject<Ipv4>())->SetDefaultRoute(interfaces.GetAddress(0), 1);
  return site;
}

static void addRoute(Site &site, const char *network, Ipv4Address gateway) {
  routing.GetStaticRouting(site.host->GetObject<Ipv4>())
      ->AddNetworkRouteTo(network, "255.255.255.0", gateway, 2);
}

static const unsigned BURST = 250;
static Ptr<Node> sender;
static Ptr<UdpServer> server;
static UdpClientHelper *client;

// So many packets, a microsecond apart, until nothing is under way.
static int send(unsigned packets) {
  auto before = server->GetReceived();
  client->SetAttribute("MaxPackets", UintegerValue(packets));
  client->Install(sender).Start(MilliSeconds(1));
  Simulator::Run();
  if (server->GetReceived() - before == packets) return packets;
  fprintf(stderr, "%lu of %u arrived\n", (unsigned long)(server->GetReceived() - before), packets);
  exit(1);
}

static int burst() { return send(BURST); }

int main(int, char **argument) {
  InternetStackHelper stack;
  stack.SetRoutingHelper(routing);
  Site a = makeSite(stack, "10.3.0.0"), b = makeSite(stack, "10.3.1.0");
  PointToPointHelper wire;
  wire.SetDeviceAttribute("DataRate", StringValue("100Gbps"));
  wire.SetChannelAttribute("Delay", StringValue("1us"));
  Ipv4InterfaceContainer ends =
      Ipv4AddressHelper("172.10.0.0", "255.255.0.0").Assign(wire.Install(a.host, b.host));
  addRoute(a, "10.3.1.0", ends.GetAddress(1));
  addRoute(b, "10.3.0.0", ends.GetAddress(0));
  auto receiving = UdpServerHelper(9000).Install(b.container);
  receiving.Start(Seconds(0));
  server = DynamicCast<UdpServer>(receiving.Get(0));
  UdpClientHelper toServer(b.address, 9000);
  toServer.SetAttribute("Interval", TimeValue(MicroSeconds(1)));
  toServer.SetAttribute("PacketSize", UintegerValue(atoi(argument[1])));
  client = &toServer;
  sender = a.container;
  // The first packet waits for ARP; those that are measured find everything known.
  send(1);
  send(10 * BURST);
  take_turns(burst);
  Simulator::Destroy();
}
