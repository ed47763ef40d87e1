/** A number as C's printf prints it with `%.*g`: significant digits, an exponent where it is short of or beyond them. */
export function formatG(value: number, digits: number): string {
  if (value === 0) return "0";
  const [mantissa, power] = value.toExponential(digits - 1).split("e") as [string, string];
  const exponent = Number(power);
  const short = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (exponent >= -4 && exponent < digits) return short(value.toFixed(digits - 1 - exponent));
  const size = Math.abs(exponent).toString().padStart(2, "0");
  return `${short(mantissa)}e${exponent < 0 ? "-" : "+"}${size}`;
}
