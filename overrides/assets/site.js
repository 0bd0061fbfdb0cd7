/* Small helps; the site is whole without them. */

// The two languages have the same heading ids: switching keeps the place. That is the heading which the address names,
// as long as it is on the screen, or else the last one above the middle of it.
{
  const headings = [...document.querySelectorAll("article :is(h2, h3, h4)[id]")]
  const place = () => {
    const named = headings.find(heading => heading.id === decodeURIComponent(location.hash.slice(1)))
    const { top, bottom } = named?.getBoundingClientRect() ?? { top: 0, bottom: -1 }
    if (bottom > 0 && top < innerHeight) return named.id
    return headings.findLast(heading => heading.getBoundingClientRect().top < innerHeight / 2)?.id ?? ""
  }
  for (const link of document.querySelectorAll(".languages a")) {
    for (const event of ["click", "auxclick"]) {
      link.addEventListener(event, () => {
        link.hash = scrollY > 0 ? place() : location.hash
      })
    }
  }
}

// The menu of small screens is the label of a hidden box, which no keyboard reaches: put a button in its place. While the
// menu is closed, it lies beside the screen, where nobody should get by keyboard.
{
  const label = document.querySelector(".md-header__button[for=__drawer]")
  const box = document.getElementById("__drawer")
  const menu = document.querySelector(".md-sidebar--primary")
  const small = matchMedia("(max-width: 76.234375em)")
  const follow = () => {
    button.ariaExpanded = String(box.checked)
    menu.inert = small.matches && !box.checked
  }
  const button = document.createElement("button")
  button.type = "button"
  button.className = "md-header__button md-icon menu"
  button.ariaLabel = document.querySelector(".md-nav--primary").ariaLabel
  button.append(...label.childNodes)
  button.addEventListener("click", () => box.click())
  box.addEventListener("change", follow)
  small.addEventListener("change", follow)
  label.replaceWith(button)
  follow()
}

// What the theme adds to an article: tables that scroll sideways have to be reachable, and a copy button is no landmark.
// Once per frame, as looking at widths makes the browser lay out the page.
{
  const article = document.querySelector("article")
  let due
  const mend = () => {
    due = undefined
    for (const nav of article.querySelectorAll(".md-code__nav:not([role])")) nav.role = "none"
    const boxes = [...article.querySelectorAll(".md-typeset__scrollwrap, .formula")]
    const wide = boxes.filter(box => box.scrollWidth > box.clientWidth)
    for (const box of wide) box.tabIndex = 0
  }
  const soon = () => (due ??= requestAnimationFrame(mend))
  new MutationObserver(soon).observe(article, { childList: true, subtree: true })
  addEventListener("resize", soon)
  soon()
}

// Blocks that scroll sideways have to be reachable, too. A long page has hundreds, and most are not laid out: those with
// long lines are told by their text. A Chinese character takes two columns.
{
  const columns = text =>
    Math.max(...text.split("\n").map(line => line.length + (line.match(/[\u2e80-\uffef]/g)?.length ?? 0)))
  const blocks = [...document.querySelectorAll(".highlight:not(.error) > pre > .scroll > code")]
  const widths = blocks.map(block => columns(block.textContent))
  const look = () => {
    if (blocks.length === 0) return
    const em = parseFloat(getComputedStyle(blocks[0]).fontSize)
    const rooms = blocks.map(block => block.closest(".highlight").clientWidth / em - 2.2)
    blocks.forEach((block, at) => {
      if (widths[at] * 0.6 > rooms[at]) block.tabIndex = 0
    })
  }
  addEventListener("resize", look)
  look()
}

// An address that names a tab opens it.
{
  const tab = document.getElementById(location.hash.slice(1))
  if (tab?.name?.startsWith("__tabbed_")) tab.checked = true
}
