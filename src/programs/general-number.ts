/** A number as C prints it with `%g`, for such as are neither tiny nor huge. */
export function general(value: number): string {
  return String(Number(value.toPrecision(6)));
}
