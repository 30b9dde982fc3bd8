/* The SQL editor: it loads when someone goes to the text area, which works without it. */

const area = document.querySelector("textarea#sql-editor");
const format = document.querySelector("#sql-format");
const [look, ...programs] = document.currentScript.dataset.files.split(" ");

function load(tag, at, address) {
  return new Promise((done, failed) => {
    const element = document.createElement(tag);
    Object.assign(element, { [at]: address, onload: done, onerror: failed });
    if (tag === "link") element.rel = "stylesheet";
    document.head.append(element);
  });
}

async function start() {
  const styled = load("link", "href", look);
  for (const program of programs) await load("script", "src", program);
  await styled;
  const typing = document.activeElement === area;
  const caret = area.selectionStart;
  const editor = CodeMirror.fromTextArea(area, {
    mode: "text/x-sqlite",
    lineNumbers: true,
    lineWrapping: true,
    viewportMargin: Infinity,
  });
  const run = () => {
    editor.save();
    area.form.submit();
  };
  editor.setOption("extraKeys", { "Shift-Enter": run, Tab: false, "Shift-Tab": false });
  editor.getInputField().setAttribute("aria-label", "Requête SQL");
  if (typing) {
    editor.focus();
    editor.setCursor(editor.posFromIndex(caret));
  }
  return editor;
}

let starting;
const started = () => (starting ??= start());
area.addEventListener("focus", started, { once: true });
format.hidden = false;
format.addEventListener("click", async () => {
  const editor = await started();
  editor.setValue(sqlFormatter.format(editor.getValue()));
});
