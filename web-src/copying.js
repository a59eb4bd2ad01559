// Buttons that copy the text of a block; hidden in the page, since without a script they could do nothing.
export function copying() {
  reveal(document);
  document.addEventListener("htmx:load", (event) => reveal(event.target));
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const text = document.getElementById(button.dataset.copies).textContent;
    const [copy, done, select] = document.body.dataset.copy.split("|");
    button.textContent = (await copied(text)) ? done : select;
    setTimeout(() => (button.textContent = copy), 2000);
  });
}

function reveal(part) {
  for (const button of part.querySelectorAll("[data-copies]")) button.hidden = false;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not allowed, or no secure connection
  }
}
