/* Below each block: copy it, copy a program that runs by itself, and with what the block ran. Without this script there
   is a link to its row on the evidence page. What is copied stands in the page, so that it works without a server. */
{
  const words = {
    en: {
      copy: "Copy",
      program: "Copy runnable",
      about: "Everything up to this block, as a program that runs by itself",
      copied: "Copied",
      failed: "Not copied",
      seconds: number => (number < 0.1 ? "under 0.1 s" : `${number.toFixed(1)} s`),
      took: time => `Ran in ${time}`,
      ran: (time, date, versions) => `Ran in ${time} on ${date} with ${versions.join(", ")}`,
    },
    zh: {
      copy: "复制",
      program: "复制可运行的程序",
      about: "直到这一块为止的全部代码，可以独立运行",
      copied: "已复制",
      failed: "未能复制",
      seconds: number => (number < 0.1 ? "不到 0.1 秒" : ` ${number.toFixed(1)} 秒`),
      took: time => `运行用时${time}`,
      ran: (time, date, versions) => `${date} 用 ${versions.join("、")} 运行，用时${time}`,
    },
  }[document.documentElement.lang]
  const names = { tensorflow: "TensorFlow", keras: "Keras", python: "Python" }

  // What src/verified_docs/runnable.py has put into the page; none is there on a page without blocks.
  const { evidence, modules } = JSON.parse(document.getElementById("programs")?.textContent ?? '{"modules": {}}')
  const status = document.createElement("span")
  status.className = "said"
  status.role = "status"
  document.body.append(status)

  const place = block => {
    const [module, name] = block.id.split(":")
    const index = modules[module]?.cells.findIndex(cell => cell.name === name) ?? -1
    return { module, name, index, cells: modules[module]?.cells }
  }

  // The same as Runnable.program there; a test compares the two.
  const program = ({ module, index, cells }) => {
    const { start, show } = modules[module]
    const above = cells.slice(0, index)
    const target = cells[index]
    const parts = [start, ...above.map(cell => cell.caught ?? cell.source), target.source]
    if (target.caught === undefined && [...above, target].some(cell => cell.draws)) parts.push(show)
    return parts.join("\n\n") + "\n"
  }

  // Browsers give the clipboard to pages of https, of this machine and of files only; elsewhere the old way is left.
  const toClipboard = async text => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text)
    const area = document.createElement("textarea")
    area.value = text
    area.className = "said"
    document.body.append(area)
    area.select()
    const done = document.execCommand("copy")
    area.remove()
    if (!done) throw new Error("not copied")
  }

  const press = async button => {
    const answer = button.lastChild
    answer.textContent = await toClipboard(button.copies()).then(() => words.copied, () => words.failed)
    status.textContent = answer.textContent
    button.dataset.answered = ""
    button.focus()
    setTimeout(() => {
      delete button.dataset.answered
      status.textContent = ""
    }, 2000)
  }

  const button = (kind, name, label, about, copies) => {
    const one = document.createElement("button")
    one.type = "button"
    one.className = kind
    if (about) one.title = about
    one.setAttribute("aria-label", `${label}: ${name}`)
    for (const text of [label, ""]) one.append(Object.assign(document.createElement("span"), { textContent: text }))
    // Asked by tests as well.
    one.copies = copies
    one.addEventListener("click", () => press(one))
    return one
  }

  const blockOf = line => {
    let one = line.previousElementSibling
    while (one && !one.matches(".cell")) one = one.previousElementSibling
    return one
  }

  const lines = []
  for (const line of document.querySelectorAll(".evidence")) {
    const block = blockOf(line)
    const where = place(block)
    if (where.index < 0) continue
    const { name, index, cells } = where
    line.prepend(
      button("copy", name, words.copy, "", () => cells[index].source),
      button("copy-program", name, words.program, words.about, () => program(where)),
    )
    lines.push({ line, id: block.id, first: line.matches(".first") })
  }

  const fill = async () => {
    const answer = await fetch(evidence)
    if (!answer.ok) return
    const { environment, cells } = await answer.json()
    const language = document.documentElement.lang
    const entries = new Map(cells.filter(cell => cell.language === language).map(cell => [cell.id, cell]))
    const versions = Object.keys(names).filter(key => environment[key]).map(key => `${names[key]} ${environment[key]}`)
    for (const { line, id, first } of lines) {
      const entry = entries.get(id)
      if (!entry) continue
      const link = line.querySelector("a")
      const time = words.seconds(entry.seconds)
      const whole = words.ran(time, entry.ran.slice(0, 10), versions)
      link.textContent = first ? whole : words.took(time)
      link.title = whole
    }
  }

  // Once, when the first block comes into view. A file has no server to ask, and the link stays as it is; but in the
  // edition that needs no server there is an answer.
  const watch = new IntersectionObserver(entries => {
    if (!entries.some(entry => entry.isIntersecting)) return
    watch.disconnect()
    fill().catch(() => {})
  })
  if (location.protocol !== "file:" || self.offline) for (const { line } of lines) watch.observe(line)
}
