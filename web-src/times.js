// Times are told from now on ("2 min ago"), so they are told anew while a page stays open. Words as in the page itself.
const STEPS = [
  [60, "s", 1],
  [3600, "min", 60],
  [86400, "h", 3600],
  [Infinity, "d", 86400],
];

export function times() {
  setInterval(tell, 5000);
  document.addEventListener("visibilitychange", () => document.hidden || tell());
}

function tell() {
  for (const element of document.querySelectorAll("time[data-relative]")) {
    const seconds = (Date.now() - Date.parse(element.dateTime)) / 1000;
    element.textContent = relative(seconds);
  }
}

export function relative(seconds) {
  const span = Math.abs(seconds);
  if (span < 2) return "now";
  const [, unit, size] = STEPS.find(([limit]) => span < limit);
  const told = `${Math.floor(span / size)} ${unit}`;
  return seconds < 0 ? `in ${told}` : `${told} ago`;
}
