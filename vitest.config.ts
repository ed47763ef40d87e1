import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What runs in real time, on the real kernel, mostly waits: it starts first, and the rest computes meanwhile. */
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waits = ({ moduleId }: TestSpecification): boolean => moduleId.includes("/test/kernel/");
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))];
  }
}

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    setupFiles: ["test/setup-properties.ts"],
    // They end what hangs: a busy machine takes ten times as long as a quiet one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    sequence: { sequencer: WaitingFirst },
    // One more than there are processors, for those that wait.
    maxWorkers: availableParallelism() + 1,
    maxConcurrency: 6,
  },
});
