import fc from "fast-check";

// The properties try the same inputs in every run, so a failure is a change's own. Another SEED tries others:
// `SEED=$RANDOM npm test`; the failure names its seed and path.
fc.configureGlobal({ seed: Number(process.env["SEED"] ?? 1) });
