/* Three conveniences, all optional: a button beside each text to copy, a link that cites the words
   selected in an answer, and words of the corpus that complete what is typed into the search. The
   pages say and do everything without this file. */

const said = document.createElement("p");
said.className = "hidden-visually";
said.setAttribute("role", "status");
document.querySelector("main").append(said);

/* --- copy --- */

for (const field of document.querySelectorAll(".copy textarea")) {
  const label = document.querySelector(`label[for="${field.id}"]`);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Copier";
  button.setAttribute("aria-label", `Copier : ${label.textContent}`);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select(); // a page that is not served by HTTPS has no clipboard
      document.execCommand("copy");
    }
    button.textContent = "Copié";
    said.textContent = `${label.textContent} : copié.`;
    setTimeout(() => (button.textContent = "Copier"), 2000);
  });
  label.after(button);
}

/* --- cite what is selected --- */

const answer = document.querySelector(".words.numbered");
const link = document.createElement("a");
link.className = "quote-these";
link.textContent = "Citer ces mots";

/* The words of a selection, whole words only, without the numbers of the paragraphs. */
function selected() {
  const selection = getSelection();
  if (!answer || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0).cloneRange();
  if (!answer.contains(range.commonAncestorContainer)) return null;
  const letter = /[\p{L}\p{N}\p{M}·'’-]/u;
  const { startContainer: first, endContainer: last } = range;
  if (first.nodeType === Node.TEXT_NODE && letter.test(first.data[range.startOffset] || ""))
    while (range.startOffset && letter.test(first.data[range.startOffset - 1]))
      range.setStart(first, range.startOffset - 1);
  if (last.nodeType === Node.TEXT_NODE && range.endOffset && letter.test(last.data[range.endOffset - 1]))
    while (letter.test(last.data[range.endOffset] || "")) range.setEnd(last, range.endOffset + 1);
  const copy = range.cloneContents();
  for (const number of copy.querySelectorAll(".anchor, .quote-these")) number.remove();
  for (const block of copy.querySelectorAll("p, li, h3, h4, h5, h6, td, th, br, pre, blockquote"))
    block.after("\n");
  const words = copy.textContent.replace(/[ \t]*\n\s*/g, "\n").trim();
  return words ? { words, block: [...answer.children].find((each) => each.contains(last)) } : null;
}

let waiting;
document.addEventListener("selectionchange", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const found = selected();
    if (!found) {
      if (document.activeElement !== link) link.remove();
      return;
    }
    const asked = encodeURIComponent(found.words);
    link.href = `${location.pathname}?extrait=${asked}#citer`;
    if (link.parentNode !== (found.block || answer.lastElementChild)) {
      (found.block || answer.lastElementChild).append(link);
      said.textContent = "Lien « Citer ces mots » ajouté après la sélection.";
    }
  }, 250);
});

/* A link to words: browsers that do not know #:~:text= go to what the server marked. */
const marked = document.getElementById("extrait");
if (marked && !location.hash && !("fragmentDirective" in document)) marked.scrollIntoView();

/* --- complete what is typed: a list of the browser's own, for arrows, Enter and Escape --- */

const box = document.querySelector("[data-suggestions]");
const offered = document.createElement("datalist");
offered.id = "completions";
if (box) {
  box.after(offered);
  box.setAttribute("list", offered.id);
  box.autocomplete = "off";
}

let typing;
box?.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(async () => {
    const typed = box.value;
    const address = `${box.dataset.suggestions}?q=${encodeURIComponent(typed)}`;
    const answer = await fetch(address).catch(() => null); // the page is being left
    if (!answer?.ok || box.value !== typed) return;
    const { suggestions } = await answer.json();
    offered.replaceChildren(...suggestions.map((words) => new Option(words, words)));
  }, 200);
});
