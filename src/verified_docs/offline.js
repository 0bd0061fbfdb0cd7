/* In front of every page of the edition that needs no server. To a page from a folder a browser gives no file that it
   asks for, and no worker; scripts and frames it gives. So beside each JSON file lies a script that brings the same,
   and the search runs in a hidden frame. */

self.offline = true

self.fetch = async address => {
  const script = document.createElement("script")
  script.src = `${address}.js`
  await new Promise((resolve, reject) => {
    script.addEventListener("load", resolve)
    script.addEventListener("error", reject)
    document.head.append(script)
  })
  return { ok: true, json: async () => script.data }
}

self.Worker = class extends EventTarget {
  constructor(address) {
    super()
    const url = new URL(address, document.baseURI)
    const frame = document.createElement("iframe")
    frame.hidden = true
    frame.src = new URL(`../../../search/search.html${url.search}`, url)
    this.frame = new Promise(resolve => frame.addEventListener("load", () => resolve(frame.contentWindow)))
    addEventListener("message", ({ source, data }) => {
      if (source === frame.contentWindow) this.dispatchEvent(new MessageEvent("message", { data }))
    })
    document.body.append(frame)
  }

  // Not by the frame's own name for it: where a browser lets pages from one folder look into each other, that is the one
  // that speaks for the worker.
  postMessage(data) {
    this.frame.then(frame => self.postMessage.call(frame, data, "*"))
  }
}
