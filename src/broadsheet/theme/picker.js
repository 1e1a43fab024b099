// Adds a search field to a picker of editions. Its texts are in the picker's data attributes. Without this script the whole
// list is shown, from A to Z.

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function searchable(picker, number) {
  const list = picker.querySelector(".picker-list");
  const links = [...list.querySelectorAll("a")];
  const form = document.createElement("form");
  form.className = "picker-search";
  form.role = "search";
  const label = document.createElement("label");
  label.htmlFor = `picker-${number}`;
  label.textContent = picker.dataset.find;
  const field = Object.assign(document.createElement("input"), { type: "search", id: label.htmlFor, autocomplete: "off" });
  const message = document.createElement("output");
  message.htmlFor = field.id;
  form.append(label, field, message);
  list.before(form);

  const found = () => links.filter((link) => !link.closest("li, p").hidden);
  field.addEventListener("input", () => {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    for (const link of links) {
      const name = plain(link.textContent);
      link.closest("li, p").hidden = !words.every((word) => name.includes(word));
    }
    for (const letter of list.querySelectorAll(".picker-letter")) letter.hidden = !letter.querySelector("li:not([hidden])");
    const count = found().length;
    message.value = !words.length ? "" : count ? picker.dataset.found.replace("#", count) : picker.dataset.none;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    found()[0]?.click();
  });
}

document.querySelectorAll(".picker").forEach(searchable);
addEventListener("page-added", ({ detail }) => detail.querySelectorAll(".picker").forEach(searchable));
