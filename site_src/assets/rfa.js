/* Everything here is a convenience: with scripts off, pages read the same, and the resolution switch works by CSS alone. */
document.addEventListener("DOMContentLoaded", function () {
  "use strict"
  var KEY = "rfa-resolution"

  /* The theme's search dialog has no name of its own. */
  var search = document.querySelector(".md-search[role='dialog']")
  if (search) search.setAttribute("aria-label", "Search")

  /* Remember the chosen resolution across pages; `?r=32` in the address wins. */
  var radios = Array.from(document.querySelectorAll("input[name='rfa-resolution']"))
  var wanted = new URLSearchParams(location.search).get("r")
  try { wanted = wanted || localStorage.getItem(KEY) } catch (error) { /* no storage under some file:// settings */ }
  radios.forEach(function (radio) {
    if (radio.value === wanted) radio.checked = true
    radio.addEventListener("change", function () {
      try { localStorage.setItem(KEY, radio.value) } catch (error) { /* the choice then holds for this page only */ }
    })
  })

  /* Sort tables by their heads, but for links in them. What is sorted by a text that varies with the resolution is sorted by what is shown. */
  document.querySelectorAll("table[data-rfa-sort]").forEach(function (table) {
    var visible = table.querySelector("th[data-rfa-visible]")
    if (visible) table.addEventListener("beforeSort", function () {
      Array.from(table.tBodies[0].rows).forEach(function (row) {
        var cell = row.cells[visible.cellIndex]
        cell.setAttribute("data-sort", cell.innerText.trim() || "~")
      })
    })
    new Tablesort(table)
    table.querySelectorAll("thead a").forEach(function (link) {
      ["click", "keydown"].forEach(function (kind) {
        link.addEventListener(kind, function (event) { event.stopPropagation() })
      })
    })
  })

  /* Filter rows by words: every word must occur in the row. */
  document.querySelectorAll("[data-rfa-filter]").forEach(function (box) {
    var table = document.getElementById(box.dataset.rfaFilter)
    var rows = Array.from(table.tBodies[0].rows)
    var input = document.createElement("input")
    var count = document.createElement("output")
    input.type = "search"
    input.placeholder = input.ariaLabel = box.dataset.rfaLabel
    box.append(input, count)
    input.addEventListener("input", function () {
      var words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
      var shown = 0
      rows.forEach(function (row) {
        var text = words.length ? row.innerText.toLowerCase() : ""
        if (words.length && row.hidden) text = row.textContent.toLowerCase()
        row.hidden = !words.every(function (word) { return text.includes(word) })
        shown += row.hidden ? 0 : 1
      })
      count.textContent = words.length ? shown + " of " + rows.length : ""
    })
  })
})
