import { addRule, deleteRule } from "../net/rule-change.ts";
import type { OperationRecord } from "./operation.ts";
import { ruleText } from "./rule-show.ts";
import { hasAll, type RuleAdd, type RuleDel, ruleWords, selectorOf } from "./rule-words.ts";

export const ruleAdd: OperationRecord<RuleAdd> = {
  tool: "ip",
  words: (operation) => ["rule", "add", ...ruleWords(operation)],
  apply(operation, context) {
    const { namespace } = context;
    const selector = selectorOf(operation);
    addRule(namespace, selector, ruleText(selector, namespace));
  },
};

export const ruleDel: OperationRecord<RuleDel> = {
  tool: "ip",
  words: (operation) => ["rule", "del", ...ruleWords(operation)],
  apply(operation, context) {
    deleteRule(context.namespace, (rule) => hasAll(rule, operation));
  },
};
