/* Small helps; the site is whole without them. */

// The two languages have the same heading ids: switching keeps the place.
for (const link of document.querySelectorAll(".languages a")) {
  link.addEventListener("click", () => {
    link.hash = location.hash
  })
}

// The menu and the search of small screens are labels of hidden boxes: let the keyboard reach them. Enter is the theme's.
for (const label of document.querySelectorAll(".md-header__inner > label")) {
  label.tabIndex = 0
  label.setAttribute("role", "button")
  label.addEventListener("keydown", event => {
    if (event.key === " ") {
      event.preventDefault()
      label.click()
    }
  })
}

// An address that names a tab opens it.
{
  const tab = document.getElementById(location.hash.slice(1))
  if (tab?.name?.startsWith("__tabbed_")) tab.checked = true
}
