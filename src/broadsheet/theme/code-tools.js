// Shows and hides all code of a page that folds, and opens the page's source. Without this script, each piece of code folds by
// itself, and the link to the source leads to where it can be opened.

const folds = () => document.querySelectorAll("details.code-fold");

function begin(root) {
  for (const button of root.querySelectorAll(".code-tools [data-code]")) {
    button.closest("li").hidden = false;
    button.addEventListener("click", () => {
      for (const fold of folds()) fold.open = button.dataset.code === "show";
    });
  }
  for (const link of root.querySelectorAll('.code-tools a[href="#page-source"]')) {
    link.addEventListener("click", () => {
      document.querySelector("#page-source").closest("details").open = true;
    });
  }
  for (const menu of root.querySelectorAll("details.code-tools")) {
    menu.addEventListener("click", ({ target }) => {
      if (target.closest("li")) menu.open = false;
    });
    menu.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }
}

begin(document);
addEventListener("page-added", ({ detail }) => begin(detail));
