/* The search worker: the theme's own, whose file is named after the "?", with three things done before it.

   - The texts to search, which are all the texts of the site, come with the first query and not with every page.
   - A query is cut where Chinese and Latin letters meet, as the index is: "f1分数" are two words.
   - Pages with all the words of a query come alone; only where there are none, pages with some of them. Chinese words
     that consist of others, such as "超参数", would be lost among pages with "参数".

   The page speaks with it by messages { type, data }; the theme's file answers each by one of its own. */

const SETUP = 0
const READY = 1
const QUERY = 2
const RESULT = 3

const answer = self.postMessage.bind(self)
let given
let index
let known
let latest
let reply

self.postMessage = message => reply(message.data)

/** Hand a message to the theme's file and wait for what it answers. */
const ask = (type, data) =>
  new Promise(resolve => {
    reply = resolve
    dispatchEvent(new MessageEvent("message", { data: { type, data } }))
  })

const cut = text =>
  text.replace(/(?<=\p{sc=Han})(?=[\p{sc=Latin}\d])|(?<=[\p{sc=Latin}\d])(?=\p{sc=Han})/gu, " ").trim()

/** The Chinese words that a text without spaces consists of: of those in the index, the longest that fits, and so on. */
function* words(text) {
  for (let rest = text; rest; ) {
    let end = Math.min(rest.length, 8)
    while (end > 1 && !known.has(rest.slice(0, end))) end--
    yield rest.slice(0, end)
    rest = rest.slice(end)
  }
}

// The theme takes "+" for a word that has to be there and "*" for how it goes on. It cuts Chinese itself once more, and
// finds a word only where another character follows: one that no text has.
const END = "\u2e80"
const query = (text, sign) =>
  text
    .replace(/\p{sc=Han}+/gu, text => [...words(text)].map(word => (known.has(word) ? word + END : word)).join(" "))
    .split(/\s+/)
    .map(word => `${sign}${word}*`)
    .join(" ")

async function build() {
  const answered = await fetch("../../../search/docs.json")
  const docs = await answered.json()
  known = new Set(docs.flatMap(({ title, text }) => (title + text).match(/\p{sc=Han}+/gu) ?? []))
  await ask(SETUP, { ...given, docs })
}

async function find(typed) {
  index ??= build()
  await index.catch(error => {
    index = undefined
    throw error
  })
  if (typed !== latest) return
  const text = cut(typed)
  for (const asked of [query(text, "+"), query(text, ""), text]) {
    const found = await ask(QUERY, asked)
    if (found.items.length === 0 && asked !== text) continue
    answer({ type: RESULT, data: found })
    return
  }
}

let queue = Promise.resolve()

addEventListener("message", event => {
  if (!event.isTrusted) return
  event.stopImmediatePropagation()
  const { type, data } = event.data
  if (type === SETUP) {
    given = data
    answer({ type: READY })
    return
  }
  latest = data
  queue = queue.then(() => (data.trim() ? find(data) : answer({ type: RESULT, data: { items: [] } }))).catch(console.error)
})

importScripts("./" + location.search.slice(1))
