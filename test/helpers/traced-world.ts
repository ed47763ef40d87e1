import { Lab } from "../../src/lab/lab.ts";
import type { HostSpec } from "../../src/lab/topology.ts";
import { LabWorld } from "../../src/scenario/lab-world.ts";

interface TracedWorld {
  readonly lab: Lab;
  readonly world: LabWorld;
  /** Commands and what they said, for somebody to add to. */
  readonly trace: string[];
  /** Types a line on a host, or in a namespace as `HOST/NAMESPACE`, and traces it. */
  type(where: string, text: string): Promise<void>;
}

/** Hosts on one switch whose every command is traced: to hold one world against another that remembers no legs. */
export function tracedWorld(
  hosts: readonly HostSpec[],
  { seed, remembersLegs }: { readonly seed: number; readonly remembersLegs: boolean },
): TracedWorld {
  const lab = new Lab({ hosts, switches: [{ name: "sw", mtu: 1500 }], trunks: [] }, { seed });
  lab.world.remembersLegs = remembersLegs;
  const world = new LabWorld(lab, { record: false });
  const trace: string[] = [];
  const type = async (where: string, text: string): Promise<void> => {
    const { output, status } = await world.type(where, text);
    trace.push(`${where}$ ${text}: ${output}[${status}]`);
  };
  return { lab, world, trace, type };
}
