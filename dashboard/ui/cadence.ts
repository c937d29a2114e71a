/** A cron line in words where it is a simple one: "4 *\/4 * * *" → "every 4 h"; otherwise as it is written. */
export function cadenceWords(cron: string): string {
  const [minute = "", hour = "", ...rest] = cron.trim().split(/\s+/);
  if (rest.join(" ") !== "* * *" || !/^\d{1,2}$/.test(minute)) return `at ${cron}`;
  if (hour === "*") return "every hour";
  const every = /^\*\/(\d{1,2})$/.exec(hour)?.[1];
  if (every) return `every ${every} h`;
  return /^\d{1,2}$/.test(hour)
    ? `daily at ${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`
    : `at ${cron}`;
}
