import fc from "fast-check";
import { expect, test } from "vitest";
import * as ip from "../wire/ipv4-address.ts";
import { Route, type RouteSpec } from "./route.ts";
import { RoutingTable } from "./routing-table.ts";

const spec = fc
  .record({
    address: fc.constantFrom(0x0a000000, 0x0a010000, 0x0a010203, 0xc0a80000 | 0, 0xffffffff | 0, 0),
    length: fc.constantFrom(0, 8, 15, 16, 24, 31, 32),
    metric: fc.constantFrom(0, 5, 100),
    tos: fc.constantFrom(0, 0, 0x10),
    type: fc.constantFrom("unicast", "unreachable"),
    before: fc.boolean(),
    remove: fc.nat(9),
  })
  .map((r) => ({ ...r, dst: ip.network(r.address, r.length) }));
type Step = Parameters<Parameters<typeof spec.map>[0]>[0] & { dst: number };

function routeOf(step: Step, ref: number): Route {
  const made: RouteSpec = {
    dst: step.dst,
    prefixLength: step.length,
    type: step.type as RouteSpec["type"],
    table: 254,
    scope: 0,
    protocol: "boot",
    metric: step.metric,
    tos: step.tos,
    device: null,
    gateway: 0,
    prefSource: 0,
    mtu: 0,
    onlink: false,
  };
  return Route.of(made, ref);
}

/** The rule said plainly: longest prefix, then a ToS that fits before none, then the lowest metric, then age. */
function scan(routes: readonly Route[], dst: number, tos: number): Route | null {
  const fits = routes.filter(
    (r) => ip.contains(r.dst, r.prefixLength, dst) && (r.tos === 0 || r.tos === tos),
  );
  let best: Route | null = null;
  for (const r of fits) {
    if (
      best === null ||
      r.prefixLength > best.prefixLength ||
      (r.prefixLength === best.prefixLength &&
        (r.tos > best.tos || (r.tos === best.tos && r.metric < best.metric)))
    )
      best = r;
  }
  return best;
}

test("the table agrees with a scan of all routes, while they come and go", () => {
  fc.assert(
    fc.property(fc.array(spec, { maxLength: 40 }), (steps) => {
      const table = new RoutingTable(254);
      let routes: Route[] = [];
      steps.forEach((step, i) => {
        if (step.remove < 3 && routes.length > 0) {
          const gone = routes[step.remove % routes.length]!;
          table.remove(gone);
          routes = routes.filter((r) => r !== gone);
        } else {
          const route = routeOf(step, i + 1);
          table.add(route, step.before);
          routes = step.before ? [route, ...routes] : [...routes, route];
        }
        for (const dst of [0x0a010203, 0x0a010999, 0x0a7f0001, 0xc0a80101 | 0, -1, 0])
          for (const tos of [0, 0x10]) expect(table.lookup(dst, 0, tos)).toBe(scan(routes, dst, tos));
        expect(table.size).toBe(routes.length);
        expect(table.list()).toHaveLength(routes.length);
      });
    }),
    { numRuns: 200 },
  );
});
