// Line numbers beside a file that is edited: mistakes are told by line.
export function lines() {
  for (const area of document.querySelectorAll("textarea[data-lines]")) number(area);
}

function number(area) {
  const numbers = document.createElement("pre");
  numbers.className = "numbers";
  numbers.setAttribute("aria-hidden", "true");
  area.parentElement.append(numbers);
  const tell = () => {
    const count = area.value.split("\n").length;
    numbers.textContent = Array.from({ length: count }, (_, at) => at + 1).join("\n") + "\n\n";
    numbers.scrollTop = area.scrollTop;
  };
  area.addEventListener("input", tell);
  area.addEventListener("scroll", () => (numbers.scrollTop = area.scrollTop));
  tell();
}
