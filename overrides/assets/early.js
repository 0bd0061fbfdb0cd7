/* Runs in the head, before anything is drawn. The theme's scripts call these four by name; it brings them as an inline
   script, which a content security policy would have to let through. */
var __md_scope = new URL(document.currentScript.dataset.scope, location)
var __md_hash = text => [...text].reduce((hash, one) => (hash << 5) - hash + one.charCodeAt(0), 0)
var __md_get = (key, storage = localStorage, scope = __md_scope) =>
  JSON.parse(storage.getItem(scope.pathname + "." + key))
var __md_set = (key, value, storage = localStorage, scope = __md_scope) => {
  try {
    storage.setItem(scope.pathname + "." + key, JSON.stringify(value))
  } catch {
    /* Storage is off or full: the choice lasts until the next page. */
  }
}
