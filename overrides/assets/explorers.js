/* What readers play with. Each explorer stands in the page with its controls, which begin hidden, and a table. Where this
   script runs, the controls take the table's place. They compute here what the chapter computes in Python; tests compare
   the two. src/verified_docs/explorers.py writes the HTML, with all words, and what is computed with. */
{
  // How numbers are written, there as here.
  const fixed = (value, digits = 3) => (Number.isFinite(value) ? value.toFixed(digits) : "–")
  const loss = value => fixed(value, value < 10 ? 3 : value < 100 ? 1 : 0)
  const share = (part, whole) => (whole ? part / whole : 0)
  const sum = values => values.reduce((total, value) => total + value, 0)

  // --- Drawing -------------------------------------------------------------------------------------------------------

  const draw = (parent, name, attributes, text = "") => {
    const one = document.createElementNS("http://www.w3.org/2000/svg", name)
    for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value)
    one.textContent = text
    return parent.appendChild(one)
  }

  const BOX = { left: 44, top: 8, width: 264, height: 180 }

  // The lines of a legend, in its order.
  const kinds = ["squared", "absolute", "chosen"]

  // Axes with their ticks and names; what is drawn on `area` ends at its borders. `level` makes an axis of powers.
  const axes = (svg, xTicks, yTicks, { xRange, yRange, level = value => value }) => {
    const [left, right] = xRange
    const [low, high] = yRange.map(level)
    const x = value => ((value - left) / (right - left)) * BOX.width
    const y = value => (1 - (level(value) - low) / (high - low)) * BOX.height
    const { left: x0, top: y0, width, height } = BOX
    for (const tick of yTicks) {
      draw(svg, "line", { class: "grid", x1: x0, x2: x0 + width, y1: y0 + y(tick), y2: y0 + y(tick) })
      draw(svg, "text", { x: x0 - 6, y: y0 + y(tick) + 4, "text-anchor": "end" }, tick)
    }
    for (const tick of xTicks) {
      draw(svg, "text", { x: x0 + x(tick), y: y0 + height + 16, "text-anchor": "middle" }, tick)
    }
    draw(svg, "text", { x: x0 + width / 2, y: y0 + height + 32, "text-anchor": "middle" }, svg.dataset.x)
    const middle = y0 + height / 2
    const upright = { transform: `rotate(-90 12 ${middle})`, x: 12, y: middle, "text-anchor": "middle" }
    draw(svg, "text", upright, svg.dataset.y)
    const area = draw(svg, "svg", { x: x0, y: y0, width, height })
    const points = places => places.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(" ")
    const line = (kind, places) => draw(area, "polyline", { class: kind, points: points(places) })
    svg.dataset.legend?.split("|").forEach((name, at) => {
      const [start, height] = [x0 + width / 2 - 46, y0 + 12 + 17 * at]
      draw(svg, "polyline", { class: kinds[at], points: `${start},${height - 4} ${start + 24},${height - 4}` })
      draw(svg, "text", { x: start + 32, y: height }, name)
    })
    return { x: value => x0 + x(value), y: value => y0 + y(value), points, line }
  }

  const move = (line, chart, places) => line.setAttribute("points", chart.points(places))

  // --- The explorers: each says what is to be shown for the values of its controls ------------------------------------

  const threshold = ({ labels, scores }, [svg]) => {
    const counts = from => {
      const found = { tn: 0, fp: 0, fn: 0, tp: 0 }
      labels.forEach((label, at) => {
        const alarm = scores[at] >= from
        found[label ? (alarm ? "tp" : "fn") : alarm ? "fp" : "tn"] += 1
      })
      return found
    }
    const rates = ({ tn, fp, fn, tp }) => [share(fp, fp + tn), share(tp, tp + fn)]
    const chart = axes(svg, [0, 0.5, 1], [0, 0.5, 1], { xRange: [0, 1], yRange: [0, 1] })
    const levels = [Infinity, ...[...new Set(scores)].sort((a, b) => b - a)]
    chart.line("other", [[0, 0], [1, 1]])
    chart.line("chosen", levels.map(level => rates(counts(level))))
    const point = draw(svg, "circle", { class: "point", r: 5 })
    return ([from]) => {
      const { tn, fp, fn, tp } = counts(from)
      const [fpr, recall] = rates({ tn, fp, fn, tp })
      point.setAttribute("cx", chart.x(fpr))
      point.setAttribute("cy", chart.y(recall))
      const shares = { precision: fixed(tp / (tp + fp)), recall: fixed(recall), fpr: fixed(fpr) }
      return { chosen: fixed(from, 2), tn, fp, fn, tp, ...shares, f1: fixed(share(2 * tp, 2 * tp + fp + fn)) }
    }
  }

  const learningRate = ({ rates, losses, floor }, [svg], [slider]) => {
    const powers = [Math.floor(Math.log10(floor)), Math.ceil(Math.log10(Math.max(...losses.map(([first]) => first))))]
    const ticks = Array.from({ length: powers[1] - powers[0] + 1 }, (_, at) => 10 ** (powers[0] + at))
    const epochs = losses[0].map((_, at) => at + 1)
    const yRange = [ticks[0], ticks.at(-1)]
    const chart = axes(svg, epochs, ticks, { xRange: [1, epochs.length], yRange, level: Math.log10 })
    const curve = at => epochs.map(epoch => [epoch, losses[at][epoch - 1]])
    chart.line("floor", [[1, floor], [epochs.length, floor]])
    for (const at of rates.keys()) chart.line("other", curve(at))
    const line = chart.line("chosen", [])
    return ([at]) => {
      move(line, chart, curve(at))
      slider.setAttribute("aria-valuetext", rates[at])
      const slots = Object.fromEntries(losses[at].map((value, epoch) => [`loss-${epoch}`, loss(value)]))
      return { chosen: rates[at], last: loss(losses[at].at(-1)), ...slots }
    }
  }

  const huber = ({ errors }, [curves, slopes]) => {
    const cost = (error, delta) =>
      Math.abs(error) <= delta ? error ** 2 / 2 : delta * Math.abs(error) - delta ** 2 / 2
    const slope = (error, delta) => Math.max(-delta, Math.min(delta, error))
    const across = Array.from({ length: 121 }, (_, at) => at / 20 - 3)
    const drawn = [
      [curves, [0, 2, 4], [0, 5], error => error ** 2 / 2, Math.abs, cost],
      [slopes, [-2, 0, 2], [-3, 3], error => error, Math.sign, slope],
    ].map(([svg, ticks, yRange, squared, absolute, value]) => {
      const chart = axes(svg, [-2, 0, 2], ticks, { xRange: [-3, 3], yRange })
      chart.line("squared", across.map(error => [error, squared(error)]))
      chart.line("absolute", across.map(error => [error, absolute(error)]))
      return { chart, line: chart.line("chosen", []), value }
    })
    return ([delta]) => {
      for (const { chart, line, value } of drawn) move(line, chart, across.map(error => [error, value(error, delta)]))
      const slots = errors.flatMap((error, at) => [
        [`loss-${at}`, fixed(cost(error, delta))],
        [`slope-${at}`, fixed(slope(error, delta))],
      ])
      const last = { error: errors.at(-1), loss: slots.at(-2)[1], slope: slots.at(-1)[1] }
      return { chosen: fixed(delta, 1), ...last, ...Object.fromEntries(slots) }
    }
  }

  const averages = () => values => {
    const size = Math.sqrt(values.length)
    const classes = [...Array(size).keys()]
    // As scikit-learn has it: what would be divided by nothing counts as 0.
    const each = classes.map(at => {
      const hits = values[at * size + at]
      const support = sum(classes.map(other => values[at * size + other]))
      const answers = sum(classes.map(other => values[other * size + at]))
      return { support, shares: [share(hits, answers), share(hits, support), share(2 * hits, support + answers)] }
    })
    const total = sum(values)
    const hits = sum(classes.map(at => values[at * size + at]))
    const slots = {}
    for (const at of [0, 1, 2]) {
      slots[`macro-${at}`] = fixed(sum(each.map(one => one.shares[at])) / size)
      slots[`weighted-${at}`] = fixed(share(sum(each.map(one => one.support * one.shares[at])), total))
      slots[`micro-${at}`] = fixed(share(hits, total))
    }
    each.forEach(({ shares }, at) => {
      slots[`precision-${at}`] = fixed(shares[0])
      slots[`recall-${at}`] = fixed(shares[1])
    })
    return slots
  }

  const explorers = { threshold, "learning-rate": learningRate, huber, averages }

  // --- Controls and what they change ---------------------------------------------------------------------------------

  // A count that is half typed, or none, is 0.
  const entered = input => (input.type === "range" ? Number(input.value) : Math.max(0, Math.trunc(input.value) || 0))

  for (const box of document.querySelectorAll(".explorer")) {
    const live = box.querySelector(".live")
    const inputs = [...live.querySelectorAll("input")]
    const slots = [...live.querySelectorAll("[data-slot]")]
    const said = live.querySelector("[role=status]")
    const data = JSON.parse(box.querySelector("script").textContent)
    const answer = explorers[box.dataset.explorer](data, live.querySelectorAll("svg"), inputs)
    const show = () => {
      const values = answer(inputs.map(entered))
      for (const slot of slots) slot.textContent = values[slot.dataset.slot]
      return values
    }
    // Told to screen readers when the reader has come to rest, not at every step.
    let rest
    const change = () => {
      const values = show()
      clearTimeout(rest)
      rest = setTimeout(() => {
        said.textContent = said.dataset.text.replace(/\{([\w-]+)\}/g, (_, key) => values[key])
      }, 700)
    }
    live.addEventListener("input", change)
    live.querySelector("button")?.addEventListener("click", () => {
      for (const input of inputs) input.value = input.defaultValue
      change()
    })
    show()
    live.hidden = false
  }
}
