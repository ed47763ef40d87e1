/** A number as printf(3) prints it by `%e`, `%f` or `%g` (`kind`, capitals too), without its width. `flags`: `+` and `#` count. */
export function formatFloat(value: number, kind: string, precision: number, flags: string): string {
  if (!Number.isFinite(value)) return `${value < 0 ? "-" : flags.includes("+") ? "+" : ""}inf`;
  const sign = value >= 0 && flags.includes("+") ? "+" : "";
  const text = sign + unsigned(value, kind.toLowerCase(), precision);
  return kind === kind.toUpperCase() ? text.toUpperCase() : text;
}

function unsigned(value: number, kind: string, precision: number): string {
  if (kind === "f") return value.toFixed(precision);
  const exponential = (digits: number): string =>
    value.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2");
  if (kind === "e") return exponential(precision);
  const significant = precision === 0 ? 1 : precision;
  // The exponent is that of the rounded number.
  const exponent = Number(value.toExponential(significant - 1).split("e")[1]);
  if (exponent < -4 || exponent >= significant) return exponential(significant - 1).replace(/\.?0+e/, "e");
  const fixed = value.toFixed(Math.max(0, significant - 1 - exponent));
  return fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
}

/** Fills up to `width` as printf(3) does: at the left unless `-`; with zeros behind a number's sign if `0`. */
export function pad(text: string, width: number, flags: string, number: boolean): string {
  const length = [...text].length;
  if (width < 0) return text + " ".repeat(Math.max(0, -width - length));
  if (length >= width) return text;
  const fill = width - length;
  if (flags.includes("-")) return text + " ".repeat(fill);
  if (!flags.includes("0") || !number) return " ".repeat(fill) + text;
  const sign = /^[-+ ]?(0x)?/i.exec(text)![0];
  return sign + "0".repeat(fill) + text.slice(sign.length);
}
