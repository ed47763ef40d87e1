import type { CommentInfo } from "../../netfilter/match-comment.ts";
import type { XtExtension } from "./extension.ts";
import { saveString, string } from "./read-options.ts";

export const commentMatch: XtExtension<CommentInfo> = {
  name: "comment",
  help: `comment match options:
--comment COMMENT             Attach a comment to a rule
`,
  options: [{ name: "comment", read: string(), mandatory: true }],
  make: (given) => ({ name: "comment", comment: given.get<string>("comment")!.slice(0, 255) }),
  save: ({ comment }) => `--comment ${saveString(comment)}`,
  list: ({ comment }) => `/* ${comment} */`,
};
