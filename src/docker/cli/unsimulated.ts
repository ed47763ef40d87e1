import { ClientError, type Runner } from "./client-context.ts";

/** A command of the real client that asks for what overmesh does not have. */
export function unsimulated(what: string): Runner {
  return ({ path }) => {
    throw new ClientError(`${path}: overmesh does not simulate ${what}`);
  };
}
