/* The evidence page: times and versions from verification.json beside what the page says itself, and a filter. */
{
  const names = {
    tensorflow: "TensorFlow",
    keras: "Keras",
    numpy: "NumPy",
    "scikit-learn": "scikit-learn",
    matplotlib: "Matplotlib",
    python: "Python",
    platform: "",
  }

  const fill = async ledger => {
    const facts = ledger.querySelector(".environment")
    const answer = await fetch(facts.querySelector("a").href)
    if (!answer.ok) return
    const { environment, cells } = await answer.json()
    const known = Object.keys(names).filter(key => environment[key])
    for (const key of known) facts.append(` · ${names[key]} ${environment[key]}`.replace("  ", " "))
    const programs = new Map()
    for (const { id, language, ran, seconds } of cells) {
      const row = document.getElementById(`${language}:${id}`)
      if (!row) continue
      row.lastElementChild.textContent = seconds.toFixed(2)
      const table = row.closest("table")
      programs.set(table, { ran, seconds: seconds + (programs.get(table)?.seconds ?? 0) })
    }
    for (const [{ caption }, { ran, seconds }] of programs) {
      const when = `${ran.slice(0, 10)} ${ran.slice(11, 16)} UTC`
      caption.append(` · ${when} · ${seconds.toFixed(1)} ${ledger.dataset.seconds}`)
    }
  }

  // A module's text counts for each of its rows: whoever looks for a module finds all of it.
  const listed = ledger =>
    [...ledger.querySelectorAll("details")].map(module => {
      const title = module.firstElementChild.textContent
      const rows = [...module.querySelectorAll("tbody tr")].map(row => ({
        row,
        table: row.closest("table"),
        text: `${title} ${row.textContent}`.toLowerCase(),
      }))
      return { module, rows, tables: [...module.querySelectorAll("table")] }
    })

  const filter = (modules, form) => {
    const { text, language, status } = Object.fromEntries(new FormData(form))
    const words = text.toLowerCase().split(/\s+/)
    const fits = one =>
      (!language || one.table.dataset.language === language) &&
      (!status || one.row.dataset.status === status) &&
      words.every(word => one.text.includes(word))
    let found = 0
    for (const { module, rows, tables } of modules) {
      const fitting = new Set(rows.filter(fits).map(one => one.row))
      for (const { row } of rows) row.hidden = !fitting.has(row)
      for (const table of tables) table.hidden = ![...table.tBodies[0].rows].some(row => fitting.has(row))
      module.hidden = fitting.size === 0
      found += fitting.size
    }
    const all = modules.reduce((sum, { rows }) => sum + rows.length, 0)
    const said = form.querySelector("output")
    said.textContent = said.dataset.text.replace("{shown}", found).replace("{all}", all)
    return found
  }

  const start = ledger => {
    const form = ledger.querySelector("form")
    const modules = listed(ledger)
    form.addEventListener("submit", event => event.preventDefault())
    form.addEventListener("input", event => {
      const found = filter(modules, form)
      // A few cells that were looked for are shown at once.
      if (event.target === form.text) {
        for (const { module } of modules) module.open = found <= 100 && form.text.value.trim() !== ""
      }
    })
    filter(modules, form)
    // A link to a row opens what it is in.
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)))
    const around = row?.closest("details")
    if (around) {
      around.open = true
      row.scrollIntoView()
    }
    if (location.protocol !== "file:" || self.offline) fill(ledger).catch(() => {})
  }

  const ledger = document.querySelector(".ledger")
  if (ledger) start(ledger)
}
