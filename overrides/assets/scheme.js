/* Runs right below the switch for light and dark, before the page is drawn: sets what was chosen, or else what the
   system prefers. Later changes are the theme's business. */
{
  const chosen = __md_get("__palette")?.color
  let scheme = chosen?.scheme
  if (!chosen || chosen.media === "(prefers-color-scheme)") {
    const media = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"
    const option = document.querySelector(`[data-md-color-media="(prefers-color-scheme: ${media})"]`)
    scheme = option.dataset.mdColorScheme
  }
  document.body.dataset.mdColorScheme = scheme
}
