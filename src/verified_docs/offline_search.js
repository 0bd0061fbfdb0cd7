/* In the frame that searches, before the site's own worker: what a worker has and a frame has not. Addresses are those
   that the worker knows, from its own folder. */
{
  const page = parent
  const folder = new URL("../assets/javascripts/workers/", location)

  const load = address =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script")
      script.src = address
      script.async = false
      script.addEventListener("load", () => resolve(script))
      script.addEventListener("error", reject)
      document.head.append(script)
    })

  // The theme asks a parent that there is for a worker of its own, and may not.
  self.parent = undefined
  self.postMessage = message => page.postMessage(message, "*")
  self.importScripts = (...names) => Promise.all(names.map(name => load(new URL(name, folder))))
  self.fetch = async name => {
    const script = await load(`${new URL(name, folder)}.js`)
    return { ok: true, json: async () => script.data }
  }
}
