const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** The formats of strftime(3) in UTC, as `date` in the C locale prints them. */
export function formatDate(
  format: string,
  time: { readonly seconds: number; readonly nanos: number },
): string {
  const date = new Date(time.seconds * 1000);
  const two = (n: number): string => `${n}`.padStart(2, "0");
  const blank = (n: number): string => `${n}`.padStart(2, " ");
  const year = date.getUTCFullYear();
  const hour = date.getUTCHours();
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  const yearDay = Math.floor(
    (Date.UTC(year, date.getUTCMonth(), date.getUTCDate()) - Date.UTC(year, 0, 1)) / 86_400_000,
  );
  const fields: Readonly<Record<string, () => string>> = {
    a: () => DAYS[date.getUTCDay()]!.slice(0, 3),
    A: () => DAYS[date.getUTCDay()]!,
    b: () => MONTHS[date.getUTCMonth()]!.slice(0, 3),
    B: () => MONTHS[date.getUTCMonth()]!,
    c: () => formatDate("%a %b %e %H:%M:%S %Y", time),
    C: () => two(Math.floor(year / 100)),
    d: () => two(date.getUTCDate()),
    D: () => formatDate("%m/%d/%y", time),
    e: () => blank(date.getUTCDate()),
    F: () => formatDate("%Y-%m-%d", time),
    h: () => MONTHS[date.getUTCMonth()]!.slice(0, 3),
    H: () => two(hour),
    I: () => two(hour12),
    j: () => `${yearDay + 1}`.padStart(3, "0"),
    k: () => blank(hour),
    l: () => blank(hour12),
    m: () => two(date.getUTCMonth() + 1),
    M: () => two(date.getUTCMinutes()),
    n: () => "\n",
    N: () => `${time.nanos}`.padStart(9, "0"),
    p: () => (hour < 12 ? "AM" : "PM"),
    r: () => formatDate("%I:%M:%S %p", time),
    R: () => formatDate("%H:%M", time),
    s: () => `${time.seconds}`,
    S: () => two(date.getUTCSeconds()),
    t: () => "\t",
    T: () => formatDate("%H:%M:%S", time),
    u: () => `${date.getUTCDay() === 0 ? 7 : date.getUTCDay()}`,
    w: () => `${date.getUTCDay()}`,
    x: () => formatDate("%m/%d/%y", time),
    X: () => formatDate("%H:%M:%S", time),
    y: () => two(year % 100),
    Y: () => `${year}`,
    z: () => "+0000",
    Z: () => "UTC",
    "%": () => "%",
  };
  return format.replace(
    /%([-_0]?)(\d?)([a-zA-Z%])/g,
    (whole, flag: string, digits: string, letter: string) => {
      const field = fields[letter];
      if (field === undefined) return whole;
      let text = field();
      if (letter === "N" && digits !== "") text = text.slice(0, Number(digits));
      if (flag === "-") text = text.replace(/^[0 ]+(?=.)/, "");
      else if (flag === "_") text = text.replace(/^0+(?=.)/, (zeros) => " ".repeat(zeros.length));
      else if (flag === "0") text = text.replace(/^ +/, (blanks) => "0".repeat(blanks.length));
      return text;
    },
  );
}
