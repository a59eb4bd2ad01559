// Times are told from now on ("2 min ago"), so they are told anew while a page stays open. The page brings the words.
const STEPS = [
  [60, 1],
  [3600, 60],
  [86400, 3600],
  [Infinity, 86400],
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

export function relative(seconds, words = document.body.dataset) {
  const span = Math.abs(seconds);
  if (span < 2) return words.now;
  const step = STEPS.findIndex(([limit]) => span < limit);
  const told = words.units.split("|")[step].replace("{}", Math.floor(span / STEPS[step][1]));
  return (seconds < 0 ? words.in : words.ago).replace("{}", told);
}
