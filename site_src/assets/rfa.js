/* Everything here is a convenience: with scripts off, pages read the same, and the resolution switch works by CSS alone. */
document.addEventListener("DOMContentLoaded", function () {
  "use strict"
  var KEY = "rfa-resolution"

  function all(selector, within) { return Array.from((within || document).querySelectorAll(selector)) }

  function make(tag, properties, parent) {
    var element = Object.assign(document.createElement(tag), properties)
    if (parent) parent.append(element)
    return element
  }

  function button(text, title, parent, action) {
    var made = make("button", { type: "button", textContent: text, title: title, className: "rfa-button" }, parent)
    made.setAttribute("aria-label", title)
    made.addEventListener("click", action)
    return made
  }

  /* Copy a text, also where the page is a file and the newer way is closed, and say so on the button. */
  function copy(text, on) {
    function say(word) {
      var label = on.dataset.label = on.dataset.label || on.textContent
      on.textContent = word
      setTimeout(function () { on.textContent = label }, 1500)
    }
    function old() {
      var area = make("textarea", { value: text }, document.body)
      area.select()
      say(document.execCommand("copy") ? "Copied" : "Not copied")
      area.remove()
    }
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(function () { say("Copied") }, old)
    else old()
  }

  /* The theme's search dialog has no name of its own. */
  var search = document.querySelector(".md-search[role='dialog']")
  if (search) search.setAttribute("aria-label", "Search")

  /* Remember the chosen resolution across pages; `?r=32` in the address wins. */
  var radios = all("input[name='rfa-resolution']")
  var wanted = new URLSearchParams(location.search).get("r")
  try { wanted = wanted || localStorage.getItem(KEY) } catch (error) { /* no storage under some file:// settings */ }
  radios.forEach(function (radio) {
    if (radio.value === wanted) radio.checked = true
    radio.addEventListener("change", function () {
      try { localStorage.setItem(KEY, radio.value) } catch (error) { /* the choice then holds for this page only */ }
    })
  })
  if (radios.length) all(".rfa-crumbs").forEach(function (crumbs) {
    var made = button("Copy link", "Copy a link to this page at the chosen resolution", crumbs, function () {
      var chosen = radios.find(function (radio) { return radio.checked })
      copy(location.href.replace(/[?#].*/, "") + "?r=" + encodeURIComponent(chosen.value) + location.hash, made)
    })
  })

  /* Read a number as it is shown: `28×28 · 256` is as large as its map, `4.1 k` is 4100, `1/2` a half, a dash least. */
  function size(text) {
    var found = text.replace(/^~/, "").match(/^-?[\d.]+(?:[×/][\d.]+)*\s?[kMGT]?|^∞/)
    if (!found) return -1e15
    if (found[0] === "∞") return 1e15
    var unit = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 }[found[0].slice(-1)] || 1
    return unit * found[0].split("×").reduce(function (product, part) {
      return product * parseFloat(part) / parseFloat(part.split("/")[1] || 1)
    }, 1)
  }

  /* Sort tables by their heads, but for links in them; those whose cells vary with the resolution, by what is shown. */
  all("table[data-rfa-sort]").forEach(function (table) {
    var rows = Array.from(table.tBodies[0].rows)
    rows.forEach(function (row, n) { if (table.querySelector("th[data-rfa-order]")) row.cells[0].dataset.sort = n })
    function look(event) {
      var head = event.target.closest("th")
      if (table.dataset.rfaSort !== "shown" || !head || "rfaOrder" in head.dataset) return
      rows.forEach(function (row) {
        var shown = row.cells[head.cellIndex].innerText.trim()
        row.cells[head.cellIndex].dataset.sort = head.dataset.sortMethod ? size(shown) : shown || "~"
      })
    }
    table.tHead.addEventListener("click", look, true)
    table.tHead.addEventListener("keydown", look, true)
    new Tablesort(table)
    all("thead a", table).forEach(function (link) {
      ["click", "keydown"].forEach(function (kind) {
        link.addEventListener(kind, function (event) { event.stopPropagation() })
      })
    })
  })

  /* Filter rows: every word must occur; of a table by resolution, also by family, and by what is productive everywhere. */
  all("[data-rfa-filter]").forEach(function (box) {
    var table = document.getElementById(box.dataset.rfaFilter)
    var rows = Array.from(table.tBodies[0].rows)
    var heads = Array.from(table.tHead.rows[0].cells)
    var input = make("input", { type: "search", placeholder: box.dataset.rfaLabel }, box)
    input.setAttribute("aria-label", box.dataset.rfaLabel)
    var columns = heads.filter(function (head) { return head.classList.contains("s") })
    var family = heads.slice(1).find(function (head) { return head.textContent.trim() === "Family" })
    var families = family ? rows.map(function (row) { return row.cells[family.cellIndex].textContent.trim() }) : []
    var chosen = select("Family", "all families", Array.from(new Set(families)).sort().map(function (name) { return [name, name] }))
    var full = select("Productive everywhere at", "productive everywhere at …", columns.map(function (head) {
      return [String(head.cellIndex), "productive everywhere at " + head.textContent.trim()]
    }))
    var count = make("output", {}, box)

    function select(label, none, choices) {
      if (choices.length < 2) return { value: "" }
      var made = make("select", {}, box)
      made.setAttribute("aria-label", label)
      ;[["", none]].concat(choices).forEach(function (choice) {
        make("option", { value: choice[0], textContent: choice[1] }, made)
      })
      return made
    }
    function filter() {
      var words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
      var hidden = rows.map(function (row, n) { // all is read before anything is written: one layout, not one a row
        var text = words.length ? (row.hidden ? row.textContent : row.innerText).toLowerCase() : ""
        return !words.every(function (word) { return text.includes(word) }) ||
          Boolean(chosen.value && families[n] !== chosen.value) ||
          Boolean(full.value && !row.cells[full.value].classList.contains("s-full"))
      })
      rows.forEach(function (row, n) { row.hidden = hidden[n] })
      var shown = hidden.filter(function (no) { return !no }).length
      count.textContent = shown < rows.length ? shown + " of " + rows.length : ""
    }
    box.addEventListener("input", filter)
  })

  /* Copy a table as it is shown. */
  function cells(table) {
    return Array.from(table.rows).filter(function (row) { return row.offsetParent }).map(function (row) {
      return Array.from(row.cells).map(function (cell) {
        all(".rfa-what, .headerlink", cell).forEach(function (mark) { mark.hidden = true })
        var text = cell.innerText.replace(/\s+/g, " ").trim()
        all(".rfa-what, .headerlink", cell).forEach(function (mark) { mark.hidden = false })
        return text
      })
    })
  }
  function asMarkdown(table) {
    var lines = cells(table).map(function (row) {
      return "| " + row.map(function (text) { return text.replace(/\|/g, "\\|") }).join(" | ") + " |"
    })
    lines.splice(1, 0, "|" + "---|".repeat(table.rows[0].cells.length))
    return lines.join("\n") + "\n"
  }
  function asCsv(table) {
    return cells(table).map(function (row) {
      return row.map(function (text) { return /[",]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text }).join(",")
    }).join("\r\n") + "\r\n"
  }
  all(".rfa table, [role='region'] table").forEach(function (table) {
    var box = all("[data-rfa-filter]").find(function (found) { return found.dataset.rfaFilter === table.id })
    if (!box) {
      box = make("div", { className: "rfa-tools rfa-tools--after" })
      ;(table.closest("[role='region']") || table).after(box)
    }
    var markdown = button("Copy Markdown", "Copy this table as Markdown", box, function () { copy(asMarkdown(table), markdown) })
    var csv = button("CSV", "Copy this table as CSV", box, function () { copy(asCsv(table), csv) })
  })

  /* A node of a graph says, when pointed at, what the rows that lead to it say: which layers, and their verdicts. */
  var NODES = "http://www.w3.org/2000/svg"
  var rowsOf = {}
  all("#rfa-layers td > a").forEach(function (link) {
    var id = link.getAttribute("href").slice(1)
    ;(rowsOf[id] = rowsOf[id] || []).push(link.closest("tr"))
  })
  function explain(event) {
    var rows = rowsOf[this.id]
    if (!rows) return
    var title = this.querySelector("title") || this.insertBefore(document.createElementNS(NODES, "title"), this.firstChild)
    title.textContent = rows.map(function (row) {
      return row.cells[0].textContent + ": " + all("td:nth-child(2) span, td:nth-child(2)", row).filter(function (part) {
        return !part.children.length && getComputedStyle(part).display !== "none"
      }).map(function (part) { return part.textContent }).join("")
    }).join("\n")
  }
  all(".rfa-nodes > a").forEach(function (node) {
    node.addEventListener("pointerenter", explain)
    node.addEventListener("focus", explain)
  })

  /* Zoom into graphs by buttons, keys, Ctrl and wheel or two fingers; drag by mouse. Scrolling stays the browser's. */
  all(".rfa-drawing").forEach(function (frame) {
    var drawing = frame.querySelector(".rfa-graph")
    var svg = drawing.firstElementChild
    var now = 1

    /* Keep the middle of what is seen where it is, and the frame as high as what is in it. */
    function place(element, value) {
      var ratio = value.scale / now
      if (ratio === 1) return
      var middle = Math.min(Math.max(innerHeight / 2 - drawing.getBoundingClientRect().top, 0), drawing.offsetHeight * now)
      var left = (frame.scrollLeft + frame.clientWidth / 2) * ratio - frame.clientWidth / 2
      now = value.scale
      drawing.style.transform = now === 1 ? "" : "scale(" + now + ")"
      frame.style.height = now === 1 ? "" : Math.ceil(drawing.offsetHeight * now + 24) + "px"
      frame.scrollLeft = left
      scrollBy({ top: middle * (ratio - 1), behavior: "instant" })
    }
    var zoom = Panzoom(drawing, {
      origin: "0 0", overflow: "auto", cursor: "", touchAction: "pan-x pan-y", disablePan: true,
      minScale: .1, maxScale: 4, step: .25, setTransform: place, handleStartEvent: function () {}
    })
    var act = {
      "+": function () { zoom.zoomIn({ animate: false }) },
      "-": function () { zoom.zoomOut({ animate: false }) },
      "0": function () { zoom.reset({ animate: false }) },
      "f": function () {
        zoom.zoom(Math.min(1, (frame.clientWidth - 24) / svg.clientWidth, innerHeight * .8 / svg.clientHeight))
      }
    }
    function middle() { frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2 }
    middle()
    if (frame.closest("details")) frame.closest("details").addEventListener("toggle", middle)
    var bar = make("div", { className: "rfa-zoom" })
    frame.before(bar)
    button("+", "Zoom in (key +)", bar, act["+"])
    button("−", "Zoom out (key -)", bar, act["-"])
    button("Whole", "Show the whole graph (key f)", bar, act.f)
    button("1:1", "Show the graph at its full size (key 0)", bar, act["0"])
    frame.addEventListener("keydown", function (event) {
      var found = act[event.key === "=" ? "+" : event.key]
      if (!found || event.ctrlKey || event.metaKey || event.altKey) return
      found()
      event.preventDefault()
    })
    frame.addEventListener("wheel", function (event) { if (event.ctrlKey) zoom.zoomWithWheel(event) }, { passive: false })

    var from = null
    var moved = false
    frame.addEventListener("pointerdown", function (event) {
      moved = false
      if (event.pointerType === "mouse" && !event.button) from = { x: event.clientX, y: event.clientY }
    })
    addEventListener("pointermove", function (event) {
      if (!from) return
      moved = moved || Math.hypot(event.clientX - from.x, event.clientY - from.y) > 4
      if (!moved) return
      frame.scrollLeft += from.x - event.clientX
      scrollBy({ top: from.y - event.clientY, behavior: "instant" })
      from = { x: event.clientX, y: event.clientY }
    })
    addEventListener("pointerup", function () { from = null })
    frame.addEventListener("dragstart", function (event) { event.preventDefault() })
    frame.addEventListener("click", function (event) { if (moved) event.preventDefault() }, true)
  })
})
