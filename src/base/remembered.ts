/**
 * A function that remembers what it was asked last and what it answered: for one whose answer depends on the question alone,
 * and who is asked the same again and again. Nobody may change an answer.
 */
export function remembered<Question, Answer>(
  answerTo: (question: Question) => Answer,
): (question: Question) => Answer {
  let last: { readonly question: Question; readonly answer: Answer } | null = null;
  return (question) => {
    if (last === null || last.question !== question) last = { question, answer: answerTo(question) };
    return last.answer;
  };
}
