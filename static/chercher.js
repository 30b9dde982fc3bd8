/* A comfort, optional: under the search box, what is being typed is completed by words of the
   corpus. It is a list of the browser's own: arrows and Enter choose, Escape closes. */

const box = document.querySelector("[data-suggestions]");
const offered = document.createElement("datalist");
offered.id = "completions";
box.after(offered);
box.setAttribute("list", offered.id);
box.autocomplete = "off";

let waiting;
box.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const typed = box.value;
    const address = `${box.dataset.suggestions}?q=${encodeURIComponent(typed)}`;
    const answer = await fetch(address).catch(() => null); // a page that is left, a site away
    if (!answer?.ok || box.value !== typed) return;
    const { suggestions } = await answer.json();
    offered.replaceChildren(...suggestions.map((words) => new Option(words, words)));
  }, 200);
});
