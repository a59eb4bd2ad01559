// A list shows what is chosen above it at once; without the script its button does.
export function lists() {
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-sends-itself]");
    if (form && event.target.matches("select")) form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-sends-itself]")) return;
    for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true; // short addresses
    setTimeout(() => { for (const field of event.target.elements) field.disabled = false; });
  });
}
